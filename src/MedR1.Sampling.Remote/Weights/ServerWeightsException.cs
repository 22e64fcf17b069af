namespace MedR1.Sampling.Remote;

/// <summary>A server did not load weights, or did not say which it has.</summary>
public sealed class ServerWeightsException : Exception
{
    /// <summary>Says what went wrong.</summary>
    /// <param name="message">The server, what it was asked for, and what it said.</param>
    /// <param name="innerException">What lies behind it.</param>
    public ServerWeightsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
