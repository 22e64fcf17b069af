namespace MedR1.Imaging.Dicom;

/// <summary>A file is no DICOM picture, a broken one, or one of a kind that is not read; the message says which.</summary>
public sealed class DicomException : IOException
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What is wrong and what mends it.</param>
    /// <param name="innerException">What led to it.</param>
    public DicomException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
