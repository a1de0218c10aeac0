// Everything that this page says by itself, in Chinese and English.

const WORDS = {
  zh: {
    title: "厅长信箱", stage: "示例前端", other: "English",
    write: "写信", letters: "我的来信", signOut: "退出",
    danger: ["有危险请立即拨打 ", "110", "，不便通话请发短信到 ", "12110", "。本信箱不受理紧急警情。"],
    signInTitle: "请先登录", signInHint: "写信和查看来信须实名登录。登录在统一身份认证页面进行，本页不接触您的密码。", signIn: "登录",
    signInFailed: "登录没有完成，请再试一次。",
    writeTitle: "写一封信", category: "您要", city: "事情发生在", unknown: "不清楚",
    subject: "标题", body: "内容", bodyHint: "写清时间、地点、经过和您的要求，最多一万字。", detail: "具体地点（可不填）",
    files: "照片或 PDF（可不填）", filesHint: "最多 10 个，每个不超过 10 MB。照片中的拍摄地点等隐藏信息会自动删除。",
    remove: "删除", uploading: "正在上传", consent: "同意在隐去个人信息后公开此信和答复", notice: "提交即表示已阅读写信须知。承办单位会看到您的信；投诉和举报不向被反映单位透露您的身份。",
    send: "提交", sending: "正在提交", draftSaved: "草稿已保存，可在其他设备继续", draftResumed: "已恢复未提交的草稿", draftElsewhere: "草稿已在另一设备上修改，此处的修改未保存。",
    sentTitle: "来信已收到", follow: "查看办理进度", again: "再写一封",
    yesNow: "是，正在发生", noNow: "不是，已经过去或没有危险", happeningDone: "已告知值班室。", saidNow: "已告知值班室您正处于危险中。请立即拨打 110，不要等待。",
    sendAnyway: "我已了解，仍要寄出", addTo: "查看原信并补充", fieldsWrong: "这些内容需要改：",
    waitSeconds: (s) => `请在 ${s} 秒后再试。`, offline: "网络中断，内容还在本页。恢复后再点“提交”，不会重复寄出。",
    none: "还没有来信。", more: "更多", loading: "正在读取", due: "答复期限", progress: "办理过程", yourLetter: "您的信", yourFiles: "附件",
    question: "承办单位请您补充", answer: "回答", answerBy: "请在此日前回答", add: "补充说明", addSend: "提交补充", done: "已提交，稍后会在办理过程中显示。",
    reply: "答复", rateTitle: "评价答复", solved: "问题已解决", score: "满意程度", rate: "提交评价", requests: "您提交的", nobody: "没有找到",
    scores: ["很不满意", "不满意", "一般", "满意", "很满意"],
  },
  en: {
    title: "The Director's Mailbox", stage: "sample frontend", other: "中文",
    write: "Write", letters: "My letters", signOut: "Sign out",
    danger: ["In danger call ", "110", " now. If you can't speak, text ", "12110", ". This mailbox takes no emergencies."],
    signInTitle: "Please sign in", signInHint: "Letters need a sign-in with your real name. It takes place at the identity provider; this page never sees your password.", signIn: "Sign in",
    signInFailed: "The sign-in was not completed. Please try again.",
    writeTitle: "Write a letter", category: "You want to make", city: "Where it happened", unknown: "I don't know",
    subject: "Subject", body: "Letter", bodyHint: "Say when and where it happened, what happened, and what you ask for; at most 10,000 characters.", detail: "Exact place (optional)",
    files: "Photos or PDF (optional)", filesHint: "At most 10 files of 10 MB. Hidden data in photos, such as where they were taken, is removed.",
    remove: "Remove", uploading: "Uploading", consent: "The letter and its reply may be published without my personal data", notice: "By sending you confirm that you have read the notice to writers. The bureau that handles the letter reads it; for complaints and reports it doesn't learn who you are.",
    send: "Send", sending: "Sending", draftSaved: "Draft saved; you can go on with it on another device", draftResumed: "This is your unsent draft", draftElsewhere: "The draft was changed on another device; changes on this page are not saved.",
    sentTitle: "Your letter was received", follow: "Follow your letter", again: "Write another letter",
    yesNow: "Yes, it is happening now", noNow: "No, it is over or nobody is in danger", happeningDone: "The duty desk was told.", saidNow: "The duty desk was told that you are in danger. Call 110 now, don't wait.",
    sendAnyway: "I understand, send it anyway", addTo: "Open that letter and add to it", fieldsWrong: "Please change these:",
    waitSeconds: (s) => `Please try again in ${s} seconds.`, offline: "The connection was lost; your text is still here. Press “Send” again later: it won't be sent twice.",
    none: "No letters yet.", more: "More", loading: "Loading", due: "Reply due", progress: "Progress", yourLetter: "Your letter", yourFiles: "Files",
    question: "The bureau asks you", answer: "Answer", answerBy: "Please answer by", add: "Add something", addSend: "Send", done: "Sent; it will appear in the progress of your letter.",
    reply: "Reply", rateTitle: "Rate the reply", solved: "The matter is settled", score: "How satisfied are you?", rate: "Send rating", requests: "What you sent", nobody: "Not found",
    scores: ["very dissatisfied", "dissatisfied", "neither", "satisfied", "very satisfied"],
  },
};

export const CATEGORIES = [
  ["inquiry", "咨询", "an inquiry"], ["request", "求助", "a request for help"], ["complaint", "投诉", "a complaint"],
  ["report", "举报", "a tip-off"], ["suggestion", "建议", "a suggestion"], ["thanks", "感谢", "a thank-you"],
];

export const CITIES = [
  ["guangzhou", "广州"], ["shenzhen", "深圳"], ["zhuhai", "珠海"], ["shantou", "汕头"], ["foshan", "佛山"], ["shaoguan", "韶关"],
  ["heyuan", "河源"], ["meizhou", "梅州"], ["huizhou", "惠州"], ["shanwei", "汕尾"], ["dongguan", "东莞"], ["zhongshan", "中山"],
  ["jiangmen", "江门"], ["yangjiang", "阳江"], ["zhanjiang", "湛江"], ["maoming", "茂名"], ["zhaoqing", "肇庆"], ["qingyuan", "清远"],
  ["chaozhou", "潮州"], ["jieyang", "揭阳"], ["yunfu", "云浮"],
];

const FIELDS = {
  subject: "subject", body: "body", category: "category", "place.detail": "detail", "place.city": "city", files: "files", text: "add",
};

export let lang = localStorage.getItem("lang") ?? (navigator.language.startsWith("zh") ? "zh" : "en");

export function setLang(chosen) {
  lang = chosen;
  localStorage.setItem("lang", chosen);
}

/** A text of this page. */
export const t = (name) => WORDS[lang][name];

/** The half of a text of the API that is "中文 · English". */
export function half(text) {
  const [zh, ...en] = text.split(" · ");
  return lang === "zh" || !en.length ? zh : en.join(" · ");
}

/** A field of the API that has a twin in the other language. */
export const said = (thing, name = "") => thing[name ? `${name}_${lang}` : lang];

export const fieldName = (field) => t(FIELDS[field] ?? "") ?? field;

export const day = (iso) => new Date(iso).toLocaleString(lang === "zh" ? "zh-CN" : "en-GB", {
  timeZone: "Asia/Shanghai", dateStyle: "medium", ...(iso.includes("T") ? { timeStyle: "short" } : {}),
});
