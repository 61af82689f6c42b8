// An operator's whole story: the coördinatoren of schools, and whether messages arrive. With a mouse in Dutch, and with the keyboard
// alone in English.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Keyboard, Pointer } from "./hands.mjs";
import { hear, look } from "./look.mjs";
import { openStage } from "./stage.mjs";

let stage;
before(async () => void (stage = await openStage()));
after(() => stage?.end());

async function begin(language, Hands, options) {
  const page = await stage.page({ language, ...options });
  const h = new Hands(page);
  const tr = (nl, en) => (language === "nl" ? nl : en);
  const seen = async (name, pictures = true) => {
    if (pictures && language === "nl") await look(page, `operator-${name}`);
    await hear(page, `operator-${name}-${language}`);
  };
  const row = (text) => page.getByRole("row").filter({ hasText: text });
  return { page, h, tr, seen, row, language };
}

async function signIn({ h, tr }) {
  const { email, password } = await stage.do("login", { who: "operator" });
  await h.visit("/");
  await h.page.getByRole("banner").getByRole("link", { name: tr("Inloggen", "Sign in") }).waitFor(); // who is signed in was asked
  await h.link(tr("Inloggen", "Sign in"));
  await h.fill(tr("E-mailadres", "E-mail address"), email);
  await h.fill(tr("Wachtwoord", "Password"), password);
  await h.button(tr("Inloggen", "Sign in"));
  await h.at(tr("Accounts", "Accounts"));
}

/** What is wrong is said at its field; what is right goes as an invitation, with which somebody makes an account. */
async function invite({ h, tr, seen, row, language }) {
  const email = `stagebureau.${language}@school.example`;
  await h.button(tr("Uitnodigen", "Invite"));
  await h.read(tr("Vul een BRIN in, zoals 25PT.", "Enter a BRIN, such as 25PT."));
  await seen("invite-refused", false);
  await h.fill(tr("Naam", "Name"), "Stagebureau Zuid");
  await h.fill(tr("E-mailadres", "E-mail address"), email);
  await h.fill(tr("School (BRIN)", "School (BRIN)"), language === "nl" ? "98aa, 98bb" : "98CC");
  await h.button(tr("Uitnodigen", "Invite"));
  await row(email).getByText(tr("Uitgenodigd", "Invited")).waitFor();
  if (language === "nl") assert.match(await row(email).innerText(), /98AA, 98BB/);
  await stage.do("accept", { who: `bureau-${language}`, code: await stage.do("code", { email }) });
  return email;
}

async function endAccount({ page, h, tr, seen, row }, email) {
  await h.link(tr("Berichten", "Messages"));
  await h.link(tr("Accounts", "Accounts"));
  await h.see("searchbox", tr("Zoek een account", "Find an account"));
  await page.keyboard.press("Control+K");
  await page.keyboard.type("bureau zuid");
  await row(email).getByText(tr("Actief", "Active")).waitFor();
  await seen("accounts");
  await h.button(tr(`${email} beëindigen`, `End ${email}`));
  await h.opened();
  await seen("end-account");
  await h.button(tr("Beëindigen", "End it"));
  await h.closed();
  await row(email).getByText(tr("Beëindigd", "Ended")).waitFor();
}

/** Whoever was ended is out at once, on every device. */
async function isOut(email, { language, tr }) {
  const page = await stage.page({ language });
  const h = new Pointer(page);
  await h.visit("/inloggen");
  await h.fill(tr("E-mailadres", "E-mail address"), email);
  await h.fill(tr("Wachtwoord", "Password"), (await stage.do("login", { who: "operator" })).password);
  await h.button(tr("Inloggen", "Sign in"));
  await page.getByRole("alert").waitFor();
}

/** A message that the mailer refused until it was given up, and that goes once more. */
async function notices({ h, tr, seen, row, language }) {
  const email = `weg.${language}@school.example`;
  await stage.do("mail_bounces", { email, bounces: true });
  const wish = { method: "AccountService/InviteAccount", who: "operator", change: true };
  const { accountId } = await stage.do("call", { ...wish, email, name: "Weg", role: "ROLE_COORDINATOR", scope: ["98DD"] });
  await stage.do("bounced", { account: accountId });
  await h.link(tr("Berichten", "Messages"));
  await h.at(tr("Berichten", "Messages"));
  await h.select(tr("Welke?", "Which?"), tr("Niet gelukt", "Failed"));
  await h.read(tr("Er zijn berichten die niet zijn verstuurd. Kijk naar het mailprogramma (notify_command). Probeer ze daarna opnieuw.", "Some messages were not sent. Look at the mail program (notify_command). Then try them again."));
  await seen("notices");
  await stage.do("mail_bounces", { email, bounces: false });
  await h.button(tr("Opnieuw", "Again"));
  await h.read(tr("Geen berichten in deze stand.", "No messages in this state."));
  assert.ok(await stage.do("code", { email }), "the message came after all");
  await h.select(tr("Welke?", "Which?"), tr("Alle", "All"));
  await row("invitation").first().waitFor();
}

async function play(language, Hands, options) {
  const now = await begin(language, Hands, options);
  await signIn(now);
  const email = await invite(now);
  await endAccount(now, email);
  await isOut(email, now);
  await notices(now);
  assert.deepEqual(now.page.complaints, []);
  console.log(`operator (${language}, ${Hands.name}): ${now.h.clicks} clicks and ${now.h.fields} fields from sign-in to done`);
}

test("an operator's whole story, in Dutch", () => play("nl", Pointer));
test("an operator's whole story with the keyboard alone, in English", () => play("en", Keyboard, { dark: true }));
