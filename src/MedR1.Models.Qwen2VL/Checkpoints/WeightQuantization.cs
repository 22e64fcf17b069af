namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Which weights of a loaded model are held in 8 bits instead of 16 or 32, as the frozen base of an adapter: linear layers, with
/// one scale for each output. Embedding, head, norms, biases and the patch kernel stay as they are.
/// </summary>
public enum WeightQuantization
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of the decoder's layers.</summary>
    Decoder,

    /// <summary>Those of the decoder's layers, of the vision tower and of its merger.</summary>
    DecoderAndVision,
}
