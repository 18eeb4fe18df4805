import type { LabelStyle } from "../../github/port.ts";

/** Labels that say whose turn it is; a pull request has at most one of them. Never a label of anybody else. */
export const turnLabels = {
  author: {
    name: "registrar: author",
    color: "d93f0b",
    description: "Somebody has to change something; Registrar's comment says who and what.",
  },
  maintainer: {
    name: "registrar: maintainer",
    color: "fbca04",
    description: "A maintainer of the registry decides; Registrar's comment says about what.",
  },
  waiting: {
    name: "registrar: waiting",
    color: "c5def5",
    description: "Nothing to do: Registrar looks at it again by itself.",
  },
} as const satisfies Readonly<Record<string, LabelStyle>>;
