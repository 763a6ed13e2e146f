/** Answers the questions of `keyboard-interactive` (RFC 4256) with a password, and nothing else. */

import type { KeyboardInteractiveAuthMethod, Prompt } from 'ssh2';

type PromptHandler = KeyboardInteractiveAuthMethod['prompt'];

/**
 * Answers a single hidden prompt that asks for the password, once; anything else ends the sign-in.
 * @param on called when the server asks for what is no password, or for the password once more
 */
export function answerOnePrompt(
  password: string,
  on: { asked: (questions: string) => void; refused: () => void },
): PromptHandler {
  let isAnswered = false;
  // ssh2 passes name, instructions, language, prompts and a callback.
  return (...[, , , prompts, finish]) => {
    const [prompt] = prompts;
    if (prompts.length === 1 && prompt && asksForPassword(prompt)) {
      if (isAnswered) on.refused();
      else finish([password]);
      isAnswered = true;
      return;
    }
    const questions = prompts
      .map(({ prompt: question }) => JSON.stringify(question.trim().slice(0, 80)))
      .join(', ');
    on.asked(questions);
  };
}

/** "Password:", "(ann@host) Password:", "Passwort:"; but no "New password:" and no "One-time password (OTP):". */
function asksForPassword({ prompt, echo }: Prompt): boolean {
  if (echo !== false) return false;
  if (
    /new|again|retype|repeat|current|old|expired|change|one[- ]?time|otp|token|verif|code|neues/i.test(prompt)
  )
    return false;
  return /password|passwort|kennwort|passwd|mot de passe|contrase(ñ|n)a|senha|wachtwoord|пароль|密码|パスワード/i.test(
    prompt,
  );
}
