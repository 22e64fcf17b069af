namespace MedR1.Modeling;

/// <summary>Thrown when a vocabulary file is invalid or inconsistent, or requires a pipeline other than byte-level BPE.</summary>
public sealed class TokenizerFormatException : FormatException
{
    /// <summary>Creates an exception for a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">What is wrong, with the value and the fix.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public TokenizerFormatException(string path, string problem, Exception? innerException = null)
        : base($"{path}: {problem}", innerException) => Path = path;

    /// <summary>The invalid file.</summary>
    public string Path { get; }
}
