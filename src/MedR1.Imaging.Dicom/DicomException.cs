namespace MedR1.Imaging.Dicom;

/// <summary>A file is not a DICOM image, is broken, or is of an unsupported kind; the message says what is wrong.</summary>
public sealed class DicomException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to fix it.</param>
    /// <param name="innerException">The cause, if any.</param>
    public DicomException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
