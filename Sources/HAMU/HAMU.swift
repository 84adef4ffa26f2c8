// HAMU: the algorithm and nothing else.
//
// OWNS       One step of "How Hard Can It Be? Hardness-Aware Multi-Objective Unlearning" (arXiv:2606.02119): trust radii,
//            the quota Q and its allocation to blocks, the closed form of one block, the exact solution for all blocks at
//            once (`optimal`), HAMU-U by substitution, clipping. Hardness without the batch's noise: the window of
//            scalars, F*(Q), Q0, their jackknife errors, the cross-fitted cost, and the two edges of the verdict. The
//            directions of the methods that it is compared with (`Baseline`).
// REFUSES    Vectors: it sees each block through scalars (|a|^2, |b|^2, a.b, the perpendicular parts, |w|^2) and answers
//            with two coefficients, d = alpha a + beta b. It reads no clock, no file, no random number.
// FAILS      Never. An infeasible block, a gradient that vanished or a radius of zero are named results
//            (`BlockStep.Branch`, `StepPlan.isFeasible`) and never a NaN. Scalars that are not finite give a plan that is
//            not finite: whoever measured them has to look first (`BlockScalars.isFinite`).
// WORDS      a, b: the retain and the forget gradient of a block; b is the gradient of what is to grow. A prime means the
//            substituted problem that is solved: HAMU-Q (a', b') = (a, b); HAMU-U (a', b') = (-b, -a).
// WEAK       Statistics of a window are clamped where noise makes them impossible (a negative |b|^2), so F* of a model
//            whose gradients are all noise is that of no gradients at all: 0, with the error saying how sure that is.
