using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Carries from an operator's forward function to its backward function whom a failure is told.</summary>
internal static class FailureOfContext
{
    private const string Failure = "failure";

    /// <summary>Says what went wrong before, and keeps where to put what goes wrong in the backward function.</summary>
    /// <exception cref="InvalidOperationException">A backward function failed.</exception>
    public static void BeginGuarded(this autograd.AutogradContext context)
    {
        BackwardFailure failure = BackwardFailure.OfOperators;
        failure.ThrowIfAny();
        context.save_data(Failure, failure);
    }

    /// <summary>What the forward function kept.</summary>
    public static BackwardFailure GuardOf(this autograd.AutogradContext context) => (BackwardFailure)context.get_data(Failure);
}
