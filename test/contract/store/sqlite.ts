import { courseIn } from '../../../labs-grading/collect/course.ts';
import type { Store } from '../../../labs-grading/gradebook/store/contract.ts';
import { openGradebook } from '../../../labs-grading/gradebook/store/sqlite-store.ts';

/** The gradebook that courses have, in one SQLite file. */
export const open = (place: string): Promise<Store> => openGradebook(courseIn(place));
