// A record as the server's door takes it: root children named by field, repeats by their part, the id in meta.
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

export function written(draft) {
  const page = document.implementation.createDocument(null, "data");
  const root = page.documentElement;
  root.setAttribute("id", draft.job.form);
  root.setAttribute("version", draft.job.version);
  const add = (parent, name, text) => {
    const made = page.createElement(name);
    if (text !== undefined) made.textContent = String(text).replace(ILLEGAL, "");
    parent.append(made);
    return made;
  };
  const meta = add(root, "meta");
  add(meta, "instanceID", `uuid:${draft.id}`);
  if (draft.corrects) add(meta, "deprecatedID", draft.corrects);
  const answered = (text) => text !== undefined && String(text).trim() !== "";
  for (const field of draft.job.fields) {
    if (!field.repeat && answered(draft.values[field.key])) add(root, field.key, draft.values[field.key]);
  }
  for (const part of draft.job.repeats) {
    for (const row of draft.repeats[part.key] || []) {
      const kept = draft.job.fields.filter((field) => field.repeat === part.key && answered(row[field.key]));
      if (!kept.length) continue;
      const element = add(root, part.key);
      kept.forEach((field) => add(element, field.key, row[field.key]));
    }
  }
  return new XMLSerializer().serializeToString(page);
}
