// What the agent says when its model leaves it without words, in the language of the call.

type Phrases = {
  /** The model has failed, and the call goes on without it. */
  apology: string;
  /** The model broke off in the middle of a sentence. */
  again: string;
  goodbye: string;
};

const ENGLISH: Phrases = {
  apology: "I am sorry, I had a small technical problem.",
  again: "Sorry, could you say that again?",
  goodbye: "Thank you for your time. Goodbye.",
};

const PHRASES: Readonly<Record<string, Phrases>> = {
  en: ENGLISH,
  es: {
    apology: "Disculpe, he tenido un pequeño problema técnico.",
    again: "Perdón, ¿me lo puede repetir?",
    goodbye: "Gracias por su tiempo. Adiós.",
  },
  fr: {
    apology: "Excusez-moi, j'ai eu un petit problème technique.",
    again: "Pardon, pouvez-vous répéter ?",
    goodbye: "Merci de m'avoir accordé votre temps. Au revoir.",
  },
  de: {
    apology: "Entschuldigung, ich hatte ein kleines technisches Problem.",
    again: "Entschuldigung, können Sie das bitte wiederholen?",
    goodbye: "Vielen Dank für Ihre Zeit. Auf Wiederhören.",
  },
  pt: {
    apology: "Desculpe, tive um pequeno problema técnico.",
    again: "Desculpe, pode repetir, por favor?",
    goodbye: "Obrigado pelo seu tempo. Até logo.",
  },
  it: {
    apology: "Mi scusi, ho avuto un piccolo problema tecnico.",
    again: "Mi scusi, può ripetere?",
    goodbye: "Grazie per il suo tempo. Arrivederci.",
  },
  nl: {
    apology: "Sorry, ik had een klein technisch probleem.",
    again: "Sorry, kunt u dat herhalen?",
    goodbye: "Bedankt voor uw tijd. Tot ziens.",
  },
  hi: {
    apology: "माफ़ कीजिए, एक छोटी तकनीकी समस्या हो गई थी।",
    again: "माफ़ कीजिए, क्या आप दोबारा कह सकते हैं?",
    goodbye: "आपके समय के लिए धन्यवाद। नमस्ते।",
  },
  pl: {
    apology: "Przepraszam, mieliśmy drobny problem techniczny.",
    again: "Przepraszam, czy można prosić o powtórzenie?",
    goodbye: "Dziękuję za poświęcony czas. Do widzenia.",
  },
  ja: {
    apology: "申し訳ございません。少し技術的な問題がありました。",
    again: "すみません、もう一度お願いできますか。",
    goodbye: "お時間をいただきありがとうございました。失礼いたします。",
  },
};

/** @param languageCode as BCP 47 names it; a language that has no phrases gets the English ones. */
export function phrasesOf(languageCode: string): Phrases {
  return PHRASES[languageCode.split("-")[0]?.toLowerCase() ?? ""] ?? ENGLISH;
}
