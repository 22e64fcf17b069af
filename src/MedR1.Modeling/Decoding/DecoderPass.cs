using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Runs one token of each row through a network. It may be recorded and replayed without this call: it must not wait for the
/// device, nor copy between it and the host.
/// </summary>
/// <param name="tokens"><c>[N]</c> int64.</param>
/// <param name="positions"><c>[N]</c> int64: the position of each.</param>
/// <param name="pattern">How the tokens attend.</param>
/// <returns><c>[N, vocabulary]</c> float32.</returns>
public delegate Tensor DecoderPass(Tensor tokens, Tensor positions, IAttentionPattern pattern);
