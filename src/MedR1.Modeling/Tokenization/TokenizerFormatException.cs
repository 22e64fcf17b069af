namespace MedR1.Modeling;

/// <summary>A vocabulary file that can't be read, contradicts itself, or asks for a pipeline other than byte-level
/// BPE.</summary>
public sealed class TokenizerFormatException : FormatException
{
    /// <summary>Says what is wrong and where.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong, with the value and the fix.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public TokenizerFormatException(string path, string problem, Exception? innerException = null)
        : base($"{path}: {problem}", innerException) => Path = path;

    /// <summary>The file that is wrong.</summary>
    public string Path { get; }
}
