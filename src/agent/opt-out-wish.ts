// "Never call me again": who is taken at this word is not called again for ever, so each pattern wants all of it: a
// request, not a question or a complaint ("you never call me back"); this line, not another ("don't call my office");
// and for good ("don't call me before noon").

/** Where a request may begin. Not behind just any word: "you never call me", "my kids don't call me any more". */
const ASKED = String.raw`(?<=^|[.!?,;:–—-]\s*|\b(?:please|kindly|just|simply|really|and|but|so|then|or|now|no|yes|yeah|ok|okay|well|hey|listen|look|sir|ma'am|sorry|thanks|thank you|hello|bye|goodbye|interested|again|say|said|(?:told|asked|tell|want|need|like|expect|order) you(?: people| guys)?) )`;
const DO_NOT = String.raw`${ASKED}(?:don'?t|do not)(?: you)?(?: you)?(?: ever| dare| dare to| even| bother to)* `;
const NEVER = String.raw`(?:${ASKED}|(?<=\b(?:to|must|should|may|better|you'll|you will|will you|would you|could you|can you) (?:please )?))never(?: ever)*(?: to)? `;
const CALL = String.raw`(?:call|ring|phone|contact)(?: up)?\b`;
const US = String.raw` (?:me|us|here|(?:on |at )?this (?:number|phone|line|house)|(?:on |at )?my (?:number|phone|cell|mobile|home|house))\b`;
const AT_US = `(?:${US})+`;

/** "Don't call this number again, call my mobile": somebody wants to be called. */
const NOT_ELSEWHERE = String.raw`(?![\s,;:–—-]*(?:(?:but|please|just|rather|instead|and|then)[\s,]+)*(?:call|ring|phone|use|try|instead)\b)`;
/** "… again until Friday" is for a while. */
const FOR_GOOD = String.raw`(?! (?:until|till|unless|before|today|tonight|tomorrow|this|next|during|so|at(?! all)|in(?! any)|if|when|while|after(?! (?:this|today)))\b)`;
const AGAIN = String.raw`\b[^.!?,;]{0,40}?\b(?:again|any ?more|ever)\b${FOR_GOOD}${NOT_ELSEWHERE}`;
const ENDS = String.raw`(?=(?:,? (?:please|thanks|thank you|okay|ok|sir|ma'am|at all))*\s*(?:[.!]|$))`;

const LIST = String.raw`(?:your|the|this|that|any|every|all your|all|these|those) (?:(?:call(?:ing)?|phone|contact|marketing|sales|mailing) )?(?:lists?|database)\b`;
const MY_ENTRY = String.raw`(?:me|us|my name|(?:my|this|that)(?: phone)? number)`;
/** "Don't take me off your list", "did you take me off the list?" */
const NOT_DENIED = String.raw`(?<!\b(?:don'?t|do not|did you|didn'?t|never|not|have you|why would you|should I|shall I)(?: want(?: you)?| ever| please| just)*(?: to)*(?: be)? )`;

/** Said so, no model and no second look is needed. */
const UNMISTAKABLE = [
  `${NEVER}${CALL}(?:${AT_US})?${AGAIN}`,
  `${DO_NOT}${CALL}(?:${AT_US})?${AGAIN}`,
  String.raw`\bnot to (?:ever )?${CALL}${AT_US}${AGAIN}`,
  String.raw`\b(?:don'?t|do not|never) want (?:(?:you|anyone|anybody)(?: people| guys)? to (?:ever )?${CALL}${AT_US}|to be (?:called|contacted))${AGAIN}`,
  // Nobody wants to be asked "why did you stop calling me" for ever, nor to be called names.
  String.raw`(?<!\b(?:did(?:n'?t)? (?:you|they|we)|didn'?t|I|I'll|we|we'll|they|they'll|he|she|had to|have to|should I|never|not|(?<!\byou )don'?t) (?:ever )?)(?:stop|quit) (?:calling|ringing|phoning|contacting)${AT_US}(?=\s*(?:[.!?,;]|$)| (?:again|any ?more|ever|please|now|right|about|every|all|and|or|with|already|immediately|for good)\b)${NOT_ELSEWHERE}`,
  String.raw`${NOT_DENIED}(?:take|get|strike|scratch|cross|remove|delete) ${MY_ENTRY} (?:off|from|out of)(?: of)? ${LIST}(?! (?:if|when|until|for now)\b)`,
  String.raw`(?<!\b(?:don'?t|do not) )\b(?:want|like|need|ask|have) (?:to be |my (?:name|number) )(?:removed|taken|struck|deleted) (?:off|from) ${LIST}`,
  String.raw`\bput ${MY_ENTRY} on (?:your|the|a) do[ -]not[ -](?:call|contact) list\b`,
  String.raw`(?<!\b(?:don'?t|do not|not|never|didn'?t|did I)(?: want)?(?: to)? )\bunsubscribe\b(?! (?:me )?from (?:the|your|this|that|any|all) (?:[a-z]+ )?(?:news ?letters?|e-?mails?)\b)`,
].join("|");

/** Said so, it is most likely meant so. */
const LIKELY = [
  String.raw`(?<!\b(?:if|when|while|unless|until|after|before)\b[^.!?]*)(?:${NEVER}|${DO_NOT})${CALL}${AT_US}${ENDS}`,
  String.raw`\b(?:don'?t|do not) want (?:(?:you|anyone|anybody)(?: people| guys)? to ${CALL}${AT_US}|to be (?:called|contacted)|any (?:more )?calls(?: from you)?)${ENDS}`,
  String.raw`${ASKED}(?:stop|quit) (?:calling|ringing|phoning|contacting)(?:${AT_US})?${ENDS}`,
  String.raw`(?:${ASKED}|\b(?:can|could|would|will) you (?:please |just )*)stop (?:the|these|those|all the|all these) calls(?=\s*(?:[.!?,;]|$))`,
  String.raw`${ASKED}no more calls\b(?= (?:from you|to (?:me|this number))\b|${ENDS})`,
  String.raw`(?:${ASKED}|\b(?:can|could|would) you (?:please |just )*)remove ${MY_ENTRY}(?=(?:,? please)?\s*(?:[.!?]|$))`,
  String.raw`(?<!\b(?:don'?t|do not|not) )\b(?:want|like|be|get me) (?:to be )?off (?:your|the|this) (?:call(?:ing)? )?list\b`,
].join("|");

const UNMISTAKABLE_WISH = new RegExp(UNMISTAKABLE, "i");
const WISH = new RegExp(`${UNMISTAKABLE}|${LIKELY}`, "i");

export function wishesOptOut(text: string): boolean {
  return sentencesOf(text).some((sentence) => WISH.test(sentence));
}

/** What is heeded whatever a model makes of the call. */
export function wishesOptOutForSure(text: string): boolean {
  return sentencesOf(text).some((sentence) => UNMISTAKABLE_WISH.test(sentence));
}

const MAX_SENTENCE = 500;

/** Each is looked at by itself, and what is no sentence any more in pieces: the time grows with the square of the length. */
function sentencesOf(text: string): string[] {
  const plain = text.replaceAll("’", "'").replace(/\s+/g, " ");
  const sentences = plain.match(new RegExp(`[^.!?]{1,${MAX_SENTENCE}}[.!?]*`, "g")) ?? [];
  // What was cut does not end there.
  return sentences.map((sentence) => `${sentence.trim()}${sentence.length === MAX_SENTENCE ? " …" : ""}`);
}
