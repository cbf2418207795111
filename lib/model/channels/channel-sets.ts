/** Names of the channels along an axis, position by position. Positions whose names were united are one channel. */
export type Labels = Int32Array;

/** Why channels must stay, such as 'they are the output of the model'. */
export type Reason = string;

/** Disjoint sets of channel names: what must be cut together is one set. Tarjan 1975. */
export class ChannelSets {
  readonly #parent: number[] = [];
  readonly #makers: { readonly node: string; readonly first: number }[] = [];
  readonly #reasons: Map<number, Reason> = new Map();

  /** Names given so far: they are 0, 1, 2 … */
  get size(): number {
    return this.#parent.length;
  }

  /** Names for `count` channels that `node` makes. */
  make(node: string, count: number): Labels {
    const first = this.#parent.length;
    for (let i = 0; i < count; i++) {
      this.#parent.push(first + i);
      this.#makers.push({ node, first });
    }
    return Int32Array.from({ length: count }, (_, i) => first + i);
  }

  /** The name that stands for a whole set: the oldest one. */
  rootOf(label: number): number {
    let root = label;
    for (let up = this.#parent[root] as number; up !== root; up = this.#parent[root] as number) root = up;
    for (let at = label; at !== root; ) {
      const up = this.#parent[at] as number;
      this.#parent[at] = root;
      at = up;
    }
    return root;
  }

  /** Ties two axes of one length, position by position; returns the first. */
  unite(a: Labels, b: Labels): Labels {
    for (const [i, label] of a.entries()) {
      const [x, y] = [this.rootOf(label), this.rootOf(b[i] as number)];
      this.#parent[Math.max(x, y)] = Math.min(x, y);
    }
    return a;
  }

  /** Channels that must stay, and why. The first reason counts. */
  fix(labels: Labels, reason: Reason): void {
    for (const label of labels) if (!this.#reasons.has(label)) this.#reasons.set(label, reason);
  }

  /** Why a set must stay, by the name that stands for it. */
  reasons(): ReadonlyMap<number, Reason> {
    const byRoot = new Map<number, Reason>();
    for (const [label, reason] of this.#reasons) if (!byRoot.has(this.rootOf(label))) byRoot.set(this.rootOf(label), reason);
    return byRoot;
  }

  /** The node that made a channel, and the channel's number there. */
  makerOf(label: number): { readonly node: string; readonly index: number } {
    const { node, first } = this.#makers[label] as { node: string; first: number };
    return { node, index: label - first };
  }
}
