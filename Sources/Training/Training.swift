// Training: a model from the configured data, for owners who have none, and for the demo.
//
// OWNS       What a new model looks like when nobody says (`ModelPlan`), how its weights begin, the order of the rows,
//            the augmentation of pictures, AdamW and the one-cycle rate, and the Hugging Face directory that comes out.
// REFUSES    Data that do not fit the model, settings that cannot train, a directory that holds a model already.
// FAILS      With `TrainingError`. Nothing is written before the last epoch has ended, so a failure or a stop leaves
//            nothing. SAME BITS The same data, plan, settings and seed give the same weights for any number of workers:
//            rows are ordered and augmented by generators of their own, never by who reads them first.
// WEAK       Nothing is saved on the way: a long training that is stopped begins anew. There is one rate schedule and
//            one optimizer; a model that needs more is trained elsewhere and imported.
