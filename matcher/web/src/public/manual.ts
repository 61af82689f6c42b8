// What stands in the API's manual, as one list that can be searched.

type Named = { name: string; about: string };
type Method = Named & { request: string; response: string; stream: boolean };
type Member = Named & { type?: string; repeated?: boolean };

export type ManualFile = {
  file: string;
  about: string;
  services: (Named & { methods: Method[] })[];
  messages: (Named & { fields: Member[] })[];
  enums: (Named & { values: Member[] })[];
};

export type Entry = Named & { file: string; kind: "service" | "message" | "enum"; methods: readonly Method[]; members: readonly Member[] };

function entriesOf(file: ManualFile): Entry[] {
  return [
    ...file.services.map(({ name, about, methods }): Entry => ({ file: file.file, kind: "service", name, about, methods, members: [] })),
    ...file.messages.map(({ name, about, fields }): Entry => ({ file: file.file, kind: "message", name, about, methods: [], members: fields })),
    ...file.enums.map(({ name, about, values }): Entry => ({ file: file.file, kind: "enum", name, about, methods: [], members: values })),
  ];
}

/** Entries in which every word occurs; of a service whose own name and text have them not, only the methods that do. */
export function find(files: readonly ManualFile[], words: string): Entry[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const all = files.flatMap(entriesOf);
  if (wanted.length === 0) return all;
  const has = (...texts: string[]) => {
    const text = texts.join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  return all.flatMap((entry) => {
    if (has(entry.name, entry.about)) return [entry];
    const methods = entry.methods.filter(({ name, about, request, response }) => has(entry.name, name, about, request, response));
    if (methods.length > 0) return [{ ...entry, methods }];
    return entry.members.some(({ name, about, type }) => has(entry.name, name, about, type ?? "")) ? [entry] : [];
  });
}
