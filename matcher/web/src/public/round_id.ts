// A round's number, as people pass it on.

/** The id in a number or in a whole link; empty where there is none. */
export const roundIdIn = (text: string): string => /(?:^|[^0-9a-f])([0-9a-f]{32})(?:$|[^0-9a-f])/i.exec(text.trim())?.[1]?.toLowerCase() ?? "";
