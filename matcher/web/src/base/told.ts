/** Something that went wrong on this side, in words for a person. */
export class Told extends Error {
  constructor(
    readonly nl: string,
    readonly en: string,
  ) {
    super(en);
  }
}
