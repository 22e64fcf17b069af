namespace MedR1.Models.Qwen2VL;

/// <summary>The two generations of the architecture.</summary>
public enum Qwen2VLFamily
{
    /// <summary>Qwen2-VL (arXiv 2409.12191): layer norms and quick-GELU in the vision tower, full attention.</summary>
    Qwen2VL,

    /// <summary>Qwen2.5-VL (arXiv 2502.13923): RMS norms and SwiGLU in the vision tower, window attention.</summary>
    Qwen25VL,
}
