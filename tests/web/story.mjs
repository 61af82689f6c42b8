// The three ways in which a story is played, and what each chapter of it costs a person: clicks and fields.
import { Keyboard, Pointer } from "./hands.mjs";
import { hear, look } from "./look.mjs";

/** `number`: a play has people and places of its own, so all of them can play on one service. */
export const plays = [
  { name: "in Dutch, with a pointer, on a desktop, light", number: 0, language: "nl", size: "desktop", dark: false, hands: Pointer, heard: true },
  { name: "in English, with a finger, on a phone, dark", number: 1, language: "en", size: "mobile", dark: true, hands: Pointer, heard: false },
  { name: "in Dutch, with the keyboard alone", number: 2, language: "nl", size: "desktop", dark: false, hands: Keyboard, heard: false, seen: false },
];

/** The day so many days from now, as the service and a date field write it. */
export const dayFromNow = (days) => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Amsterdam" }).format(Date.now() + days * 86_400_000);

export class Story {
  constructor(stage, who, play) {
    Object.assign(this, { stage, who, play });
    this.t = (nl, en) => (play.language === "nl" ? nl : en);
    this.chapters = [];
  }

  /** A browser of its own for one person of the story; what it does counts. */
  async person() {
    const page = await this.stage.page(this.play);
    const me = new this.play.hands(page);
    this.me = me;
    return me;
  }

  /** The pictures of a page, and what a screen reader is told of it, where this play looks and listens. */
  async see(name) {
    if (this.play.seen !== false) await look(this.me.page, `${this.who}-${name}-${this.play.language}`);
    if (this.play.heard) await hear(this.me.page, `${this.who}-${name}`);
  }

  /** Does a part of the story, and says what it cost. */
  async chapter(name, act) {
    const { clicks, fields } = this.me ?? { clicks: 0, fields: 0 };
    const me = this.me;
    try {
      await act();
    } catch (error) {
      if (this.me) console.log(`${this.who}, ${this.play.name}: ${name}: the page says:\n${await this.me.page.locator("body").innerText()}`);
      if (this.me && process.env.STAGEMATCH_PICTURES) await this.me.page.screenshot({ path: `${process.env.STAGEMATCH_PICTURES}/${this.who}-failed.png` });
      throw error;
    }
    const same = me === this.me;
    const cost = { name, clicks: this.me.clicks - (same ? clicks : 0), fields: this.me.fields - (same ? fields : 0) };
    this.chapters.push(cost);
    console.log(`${this.who}, ${this.play.name}: ${name}: ${cost.clicks} clicks, ${cost.fields} fields`);
  }

  end() {
    const sum = (key) => this.chapters.reduce((all, chapter) => all + chapter[key], 0);
    console.log(`${this.who}, ${this.play.name}: together ${sum("clicks")} clicks, ${sum("fields")} fields`);
    return this.me.page.context().close();
  }
}
