// How a person uses a page: with a pointer, or with the keyboard alone. Both find what they use by its role and its visible name, and
// count what they do. A story is written once and played with either.
import assert from "node:assert/strict";
import { settled } from "./stage.mjs";

const tabsMost = 150;
const dialogIn = (page) => page.locator("dialog[open]");

/** What both have: where they look, what they see, what they counted. */
class Hands {
  constructor(page) {
    this.page = page;
    this.clicks = 0;
    this.fields = 0;
  }

  /** The dialog where one is open, else the page. */
  async here() {
    const dialog = dialogIn(this.page);
    return (await dialog.count()) > 0 ? dialog.last() : this.page.locator("body");
  }

  /** Waits until this is there; what it is, by role and name. */
  async see(role, name) {
    await this.page.getByRole(role, { name, exact: typeof name === "string" }).first().waitFor();
  }

  /** Waits until the page says this. */
  async read(text) {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** Waits until the page of this heading is there, whole. */
  async at(title) {
    await this.page.getByRole("heading", { level: 1, name: title, exact: typeof title === "string" }).waitFor();
    await settled(this.page);
  }

  button(name) {
    return this.press("button", name);
  }

  link(name) {
    return this.press("link", name);
  }

  /** By its address, as from a message or a bookmark: neither a click nor a field. */
  async visit(path) {
    await this.page.goto(path);
    await settled(this.page);
  }

  async find(role, name) {
    const root = await this.here();
    const target = root.getByRole(role, { name, exact: typeof name === "string" });
    // On a phone the items of the main menu stand behind its button.
    const inMenu = this.page.locator("#menu").getByRole(role, { name, exact: typeof name === "string", includeHidden: true });
    await target.or(inMenu).first().waitFor({ state: "attached" });
    if (!(await target.first().isVisible()) && (await inMenu.count()) > 0 && (await root.getByRole("button", { name: "Menu" }).isVisible())) await this.press("button", "Menu");
    await target.first().waitFor();
    return target.first();
  }

  async field(label) {
    const root = await this.here();
    const target = root.getByLabel(label, { exact: typeof label === "string" });
    await target.first().waitFor();
    return target.first();
  }

  async summary(text) {
    const target = (await this.here()).locator("summary").filter({ hasText: text });
    await target.first().waitFor();
    return target.first();
  }

  /** Waits until a dialog is open. */
  async opened() {
    await dialogIn(this.page).waitFor();
  }

  /** Waits until no dialog is open. */
  async closed() {
    await dialogIn(this.page).waitFor({ state: "detached" });
  }
}

/** With a mouse or a finger. */
export class Pointer extends Hands {
  async press(role, name) {
    await (await this.find(role, name)).click();
    this.clicks++;
  }

  async fill(label, text) {
    await (await this.field(label)).fill(text);
    this.fields++;
  }

  async choose(name) {
    await (await this.find("radio", name)).check();
    this.fields++;
  }

  async tick(name) {
    await (await this.find("checkbox", name)).check();
    this.fields++;
  }

  async select(label, option) {
    await (await this.field(label)).selectOption({ label: option });
    this.fields++;
  }

  async open(text) {
    await (await this.summary(text)).click();
    this.clicks++;
  }
}

/* Focus is drawn at least 2 px wide, lies in the window, and nothing covers it. */
function seenFocus(element) {
  const style = getComputedStyle(element);
  const drawn = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  if (!drawn) return "it is not drawn";
  const box = element.getBoundingClientRect();
  const points = [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.2, 0.8].map((y) => [box.left + x * box.width, box.top + y * box.height]));
  const inside = points.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
  if (inside.length === 0) return "it is outside the window";
  return inside.some(([x, y]) => element.contains(document.elementFromPoint(x, y)) || document.elementFromPoint(x, y)?.contains(element)) ? "" : "something covers it";
}

/** With Tab, Enter, Space, arrows and letters; everywhere the focus goes it must be seen. */
export class Keyboard extends Hands {
  async reach(target, what) {
    const hasFocus = () => target.evaluate((element) => element === document.activeElement);
    for (let i = 0; i <= tabsMost; i++) {
      if (await hasFocus()) {
        assert.equal(await target.evaluate(seenFocus), "", `focus on ${what} cannot be seen`);
        return;
      }
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${what} cannot be reached with ${tabsMost} tabs`);
  }

  async press(role, name) {
    await this.reach(await this.find(role, name), `${role} ${name}`);
    await this.page.keyboard.press("Enter");
    this.clicks++;
  }

  async fill(label, text) {
    const target = await this.field(label);
    await this.reach(target, `field ${label}`);
    if ((await target.getAttribute("type")) === "date") await this.typeDate(target, text);
    else {
      await this.page.keyboard.press("Control+A");
      await this.page.keyboard.press("Delete");
      await this.page.keyboard.type(text);
    }
    assert.equal(await target.inputValue(), text);
    this.fields++;
  }

  /* Day, month and year in the order of the browser's language. */
  async typeDate(target, text) {
    const [year, month, day] = text.split("-");
    for (const keys of [`${day}${month}${year}`, `${month}${day}${year}`]) {
      await this.page.keyboard.press("ArrowLeft");
      await this.page.keyboard.press("ArrowLeft");
      await this.page.keyboard.type(keys);
      if ((await target.inputValue()) === text) return;
    }
  }

  /* A group of radio buttons is one stop: arrows go through it, and each that they come to is chosen. */
  async choose(name) {
    const target = await this.find("radio", name);
    const group = await target.getAttribute("name");
    const inGroup = () => this.page.evaluate((wanted) => document.activeElement?.getAttribute("name") === wanted, group);
    for (let i = 0; !(await inGroup()); i++) {
      assert.ok(i <= tabsMost, `radio ${name} cannot be reached with ${tabsMost} tabs`);
      await this.page.keyboard.press("Tab");
    }
    await this.page.keyboard.press("Space");
    for (let i = 0; !(await target.isChecked()); i++) {
      assert.ok(i <= tabsMost, `radio ${name} cannot be chosen with arrows`);
      await this.page.keyboard.press("ArrowDown");
    }
    assert.equal(await target.evaluate(seenFocus), "", `focus on radio ${name} cannot be seen`);
    this.fields++;
  }

  async tick(name) {
    const target = await this.find("checkbox", name);
    await this.reach(target, `checkbox ${name}`);
    if (!(await target.isChecked())) await this.page.keyboard.press("Space");
    assert.ok(await target.isChecked());
    this.fields++;
  }

  async select(label, option) {
    const target = await this.field(label);
    await this.reach(target, `choice ${label}`);
    const chosen = () => target.evaluate((element) => element.selectedOptions[0]?.label);
    await this.page.keyboard.press("Home");
    for (let i = 0; (await chosen()) !== option; i++) {
      assert.ok(i <= tabsMost, `${option} of ${label} cannot be chosen with arrows`);
      await this.page.keyboard.press("ArrowDown");
    }
    this.fields++;
  }

  async open(text) {
    await this.reach(await this.summary(text), `details ${text}`);
    await this.page.keyboard.press("Enter");
    this.clicks++;
  }
}
