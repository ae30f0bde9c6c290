/** One's résumé: what the form holds, what is missing, what an employer sees of it, and the API that keeps it. */
import { call, Problem } from "../api.js";

/**
 * @typedef {{ name: string, phone: string, city: string, years_experience: number, education: string, skills: string[],
 *   experience: string, about: string, expected_pay: string, updated_at?: string }} Resume
 * @typedef {{ name: string, phone: string, city: string, years_experience: string, education: string, skills: string[],
 *   experience: string, about: string, expected_pay: string }} ResumeForm
 * @typedef {Record<string, string>} Faults by field
 */

export const EDUCATIONS = ["none", "primary", "junior", "senior", "vocational", "college", "bachelor", "master"];
export const SKILLS_MAX = 20;
export const SKILL_CHARS_MAX = 30;
/** @type {Record<string, number>} */
export const CHARS_MAX = { name: 30, city: 30, expected_pay: 30, experience: 2000, about: 500 };
const YEARS_MAX = 60;
const PHONE = /^\+?\d{7,15}$/;
/** Without these nobody can be called back. @type {readonly (keyof ResumeForm)[]} */
const REQUIRED = ["name", "phone", "city"];

/** @returns {ResumeForm} */
export const emptyResume = () => ({
  name: "", phone: "", city: "", years_experience: "", education: "", skills: [], experience: "", about: "", expected_pay: "",
});

/** @param {Resume} resume @returns {ResumeForm} */
export const formOf = (resume) => ({
  name: resume.name ?? "", phone: resume.phone ?? "", city: resume.city ?? "",
  years_experience: resume.years_experience ? String(resume.years_experience) : "",
  education: resume.education ?? "", skills: [...(resume.skills ?? [])], experience: resume.experience ?? "",
  about: resume.about ?? "", expected_pay: String(resume.expected_pay ?? ""),
});

/** @param {ResumeForm} form @returns {Faults} empty where nothing is wrong; codes `missing`, `length`, `phone`, `number` */
export function faultsOf(form) {
  /** @type {Faults} */
  const faults = {};
  for (const name of REQUIRED) if (String(form[name]).trim() === "") faults[name] = "missing";
  for (const [name, most] of Object.entries(CHARS_MAX)) {
    if (Array.from(String(form[/** @type {keyof ResumeForm} */ (name)]).trim()).length > most) faults[name] = "length";
  }
  if (faults.phone === undefined && !PHONE.test(plainPhone(form.phone))) faults.phone = "phone";
  const years = form.years_experience.normalize("NFKC").trim();
  if (years !== "" && !(/^\d{1,2}$/.test(years) && Number(years) <= YEARS_MAX)) faults.years_experience = "number";
  return faults;
}

/** @param {ResumeForm} form @returns {Record<string, unknown>} */
export const bodyOf = (form) => ({
  name: form.name.trim(), phone: plainPhone(form.phone), city: form.city.trim(),
  years_experience: Number(form.years_experience.normalize("NFKC").trim() || 0), education: form.education,
  skills: form.skills, experience: form.experience.trim(), about: form.about.trim(), expected_pay: form.expected_pay.trim(),
});

/** @param {string} phone */
const plainPhone = (phone) => phone.normalize("NFKC").replace(/[\s()-]/g, "");

/** As an employer sees it until it is shared. @param {string} phone */
export function maskedPhone(phone) {
  const plain = plainPhone(phone);
  return plain.length < 8 ? "*".repeat(plain.length) : `${plain.slice(0, 3)}****${plain.slice(-4)}`;
}

/** @returns {Promise<Resume | null>} null where there is none */
export async function fetchResume() {
  try {
    return await call("GET", "/api/me/resume");
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/** @param {Record<string, unknown>} body @returns {Promise<Resume>} */
export const saveResume = (body) => call("PUT", "/api/me/resume", { body });

export const deleteResume = () => call("DELETE", "/api/me/resume");
