using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Brings a token of each place through a network. It may be recorded and run again without this call: it must not wait
/// for the device, nor copy between it and the host.
/// </summary>
/// <param name="tokens"><c>[N]</c> int64.</param>
/// <param name="positions"><c>[N]</c> int64: the position of each.</param>
/// <param name="pattern">Who sees whom.</param>
/// <returns><c>[N, vocabulary]</c> float32.</returns>
public delegate Tensor DecoderPass(Tensor tokens, Tensor positions, IAttentionPattern pattern);
