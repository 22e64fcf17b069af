using MedR1.Modeling;

namespace MedR1;

/// <summary>Recognizes a policy that was disposed before something that works with it.</summary>
internal static class LivePolicy
{
    /// <summary>
    /// Checks that the policy's parameters are there: reading one that is disposed fails with a message of TorchSharp's about an
    /// empty handle, which names neither the policy nor the mistake.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The policy, or the base under its adapter, is disposed.</exception>
    public static void Require(IVisionLanguagePolicy policy)
    {
        if (policy.Parameters.Any(pair => pair.Value.IsInvalid))
        {
            throw new ObjectDisposedException(
                policy.GetType().Name,
                $"The {policy.GetType().Name}, or the base model of its adapter, is disposed. Dispose a policy after everything "
                + "that uses it: adapters, samplers and trainers.");
        }
    }
}
