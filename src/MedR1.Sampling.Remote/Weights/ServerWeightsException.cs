namespace MedR1.Sampling.Remote;

/// <summary>A server did not load weights, or did not report its version.</summary>
public sealed class ServerWeightsException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The server, what was requested, and what it answered.</param>
    /// <param name="innerException">The cause.</param>
    public ServerWeightsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
