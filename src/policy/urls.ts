/** Every address that people are sent to. Parts that a release chose are encoded, so that none of them ends its path. */

/** A rule's place in the documentation; null where nobody has said where that is. */
export const ruleUrl = (docsUrl: string | null, code: string): string | null =>
  docsUrl === null ? null : `${docsUrl}/rules.md#${ruleAnchor(code)}`;

/** The anchor of a heading that is the code alone. */
export const ruleAnchor = (code: string): string => code;

/** `repository` is `owner/name`. */
export const repositoryUrl = (serverUrl: string, repository: string): string =>
  `${serverUrl}/${repository.split("/").map(encodePart).join("/")}`;

export const releaseUrl = (serverUrl: string, repository: string, tag: string): string =>
  `${repositoryUrl(serverUrl, repository)}/releases/tag/${encodePart(tag)}`;

export const treeUrl = (serverUrl: string, repository: string, tag: string): string =>
  `${repositoryUrl(serverUrl, repository)}/tree/${encodePart(tag)}`;

/** Lone surrogates, which `encodeURIComponent` refuses, become what they would be in UTF-8. */
const encodePart = (part: string): string => encodeURIComponent(part.toWellFormed());
