const form = /^<!-- registrar:kept ([A-Za-z0-9_-]+) -->/;

/** The text of a check run that holds what we keep there, out of people's sight. */
export const keptText = (kept: string): string => `<!-- registrar:kept ${kept} -->`;

/** What a check run of ours keeps; empty where there is nothing. */
export const keptIn = (text: string | null | undefined): string => form.exec(text ?? "")?.[1] ?? "";
