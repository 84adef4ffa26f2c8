// Unlearning: one run over a batch of requests.
//
// OWNS       The loop (paired gradients, verdict, step, measurement), its phases, which rows go into each step, the forget
//            objectives and their rank-matched targets, membership AUC, when a group is forgotten, guards over earlier
//            erasures and the look at them, which request of a batch is hard by itself and set aside, which rows that stay
//            are nearly the same as rows to forget, all endings but those of the service, and the state from which a stopped
//            run goes on to the same bits. The methods that HAMU is compared with run through the same loop; hardness is not
//            theirs.
// REFUSES    To decide what happens to a request: it names an ending, with the figures. It writes no file, starts no thread,
//            logs nothing, knows no version number and no clock; a run blocks the thread that calls it.
// FAILS      With `UnlearningError` when rows or weights cannot be read or a plan cannot work. That a model is hard, a step
//            infeasible or a loss not finite is an ending (`RunEnding`), not an error.
// SAME BITS  Rows are drawn by (seed, purpose, step), so a run that was stopped and saved anywhere goes on exactly as if it
//            had not been. The number of workers changes nothing.
// WEAK       A measurement reads all forget rows, all held-out rows and the tombstoned rows that guard: with very many of
//            those it costs more than the steps. Weights are kept twice more in memory (the last measured point, and that
//            point in a saved state). Requests that are hard only together are held together; to look at each by itself
//            takes the memory of six further gradients. Near-duplicates are found by samples as they are read, or mirrored:
//            not what is cropped, turned or brightened; of very many forget rows the first are looked at.
