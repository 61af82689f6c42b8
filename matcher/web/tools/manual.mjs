// The API's manual: services, methods, messages and enums of .proto files with their comments, as data for a page.

/** Lines of `text` with the comment that stands right above each declaration. */
function* declarations(text) {
  let comment = [];
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line.startsWith("//")) comment.push(line.slice(2).replace(/^ /, ""));
    else {
      if (line !== "") yield { line, comment: comment.join("\n") };
      comment = [];
    }
  }
}

const patterns = {
  service: /^service (\w+) \{/,
  rpc: /^rpc (\w+)\((\w+)\) returns \((stream )?([\w.]+)\)/,
  message: /^message (\w+) \{/,
  enum: /^enum (\w+) \{/,
  field: /^(repeated )?([\w.]+) (\w+) = (\d+);/,
  value: /^([A-Z][A-Z0-9_]+) = (\d+);/,
};

/** [{file, about, services: [{name, about, methods}], messages: [{name, about, fields}], enums: [{name, about, values}]}] */
export function manualOf(files) {
  return files.map(({ name, text }) => {
    const file = { file: name, about: "", services: [], messages: [], enums: [] };
    let within = null;
    for (const { line, comment } of declarations(text)) {
      let found;
      if (line.startsWith("syntax")) file.about = comment;
      else if ((found = patterns.service.exec(line))) file.services.push((within = { name: found[1], about: comment, methods: [] }));
      else if ((found = patterns.message.exec(line))) {
        within = { name: found[1], about: comment, fields: [] };
        file.messages.push(within);
      } else if ((found = patterns.enum.exec(line))) file.enums.push((within = { name: found[1], about: comment, values: [] }));
      else if ((found = patterns.rpc.exec(line)) && within?.methods)
        within.methods.push({ name: found[1], about: comment, request: found[2], response: found[4], stream: Boolean(found[3]) });
      else if ((found = patterns.value.exec(line)) && within?.values) within.values.push({ name: found[1], about: comment });
      else if ((found = patterns.field.exec(line)) && within?.fields)
        within.fields.push({ name: found[3], type: found[2], repeated: Boolean(found[1]), about: comment });
    }
    return file;
  });
}
