// Schools as an operator types them: brin codes, apart by spaces or commas.

/** The codes in capitals, each once. */
export function schoolsOf(typed: string): string[] {
  return [...new Set(typed.toUpperCase().split(/[\s,;]+/).filter(Boolean))];
}

/** A brin is two digits and two letters. */
export const isSchool = (code: string): boolean => /^\d{2}[A-Z]{2}$/.test(code);

