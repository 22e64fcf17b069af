namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The weights of a loaded model that are quantized to 8 bits, as the frozen base of an adapter: those of linear layers, with one
/// scale for each output. Embedding, head, norms, biases and the patch kernel are not quantized.
/// </summary>
public enum WeightQuantization
{
    /// <summary>None.</summary>
    None,

    /// <summary>The weights of the decoder's layers.</summary>
    Decoder,

    /// <summary>The weights of the decoder's layers, of the vision tower and of its merger.</summary>
    DecoderAndVision,
}
