/// # Networks
///
/// Owns: the numerics of a model. What its tensors are called and how large they are (`Architecture`), where their
/// numbers lie (`Network`, `ParameterStorage`), the forward and backward pass over a batch (`Engine`,
/// `TrainingEngine`), the scalar products of two gradients block by block and the step they lead to
/// (`BlockAlgebra`), and the check that the BLAS of this machine computes what it should (`BLASCheck`).
///
/// Refuses: networks it cannot compute exactly as their authors do (another activation than ReLU, a stem that is
/// neither of the two known), and parameters whose count does not fit. It knows no file, no row number, no label's
/// name, no quota and no target.
///
/// Fails: by `NetworksError` when a network is put together, and by the caller's own error when the rows of a batch
/// cannot be had (`fill` threw). A loss or gradient that is not finite is a result, not an error: it stands in the
/// outcomes and sums, and whoever runs the steps decides.
///
/// Same bits: every sum over rows goes through eight slots by position in the batch (`RowSlots`), each slot is added
/// up in ascending order by one worker, and slots are joined in a fixed order. So 1, 2 and 4 workers give equal
/// bits. Another micro-batch size, another BLAS or another processor may round differently.
///
/// Known weaknesses: more than eight workers find nothing to do in a gradient. OpenBLAS' number of threads is one per
/// process, and this room sets it to one for everybody.
