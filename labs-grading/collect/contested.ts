import type { Anomaly } from '../base/anomaly.ts';
import type { Identities } from './identity.ts';
import type { Parcel } from './parcel.ts';

/** Students for whom several people of a source stand: whoever may change a name or an address can take somebody else's. */
export function contested(parcels: readonly Parcel[], identities: Identities): Set<string> {
  const people = new Map<string, Set<string>>();
  for (const who of parcels.flatMap(parcel => parcel.who)) {
    const { id } = identities.find(who).student;
    people.set(id, (people.get(id) ?? new Set()).add(JSON.stringify(who)));
  }
  return new Set([...people].filter(([, claims]) => claims.size > 1).map(([id]) => id));
}

/** What a person is told of each of their submissions. */
export const contestedNote: Anomaly = {
  kind: 'duplicated',
  about: 'name',
  detail: 'several people in the source stand for this student: see whose work this is',
};
