namespace MedR1.Modeling;

/// <summary>Thrown when a checkpoint file violates a rule of its format; the message names the rule, the value and the fix.</summary>
public sealed class SafetensorsFormatException : IOException
{
    /// <summary>Creates an exception from the parts of its message.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="tensor">Name of the tensor, or <see langword="null"/> if the problem concerns the whole file.</param>
    /// <param name="problem">The violated rule with the value found, without a full stop.</param>
    /// <param name="fix">What to do; <see langword="null"/> to suggest repeating the download.</param>
    /// <param name="innerException">The underlying error, if there was one.</param>
    public SafetensorsFormatException(
        string file, string? tensor, string problem, string? fix = null, Exception? innerException = null)
        : base(
            $"'{file}'{(tensor is null ? "" : $", tensor '{tensor}'")}: {problem}. {fix ?? DefaultFix}",
            innerException)
    {
        File = file;
        Tensor = tensor;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>Name of the tensor, or <see langword="null"/> if the problem concerns the whole file.</summary>
    public string? Tensor { get; }

    private static string DefaultFix =>
        "The file is damaged, incomplete or not a safetensors file: download or write it again.";
}
