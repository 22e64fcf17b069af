using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Passes the <see cref="BackwardFailure"/> of a run from an operator's forward to its backward function.</summary>
internal static class FailureOfContext
{
    private const string Failure = "failure";

    /// <summary>Throws a pending failure, and saves the instance that receives a failure of the backward function.</summary>
    /// <exception cref="InvalidOperationException">A backward function failed.</exception>
    public static void BeginGuarded(this autograd.AutogradContext context)
    {
        BackwardFailure failure = BackwardFailure.OfOperators;
        failure.ThrowIfAny();
        context.save_data(Failure, failure);
    }

    /// <summary>Returns the instance that the forward function saved.</summary>
    public static BackwardFailure GuardOf(this autograd.AutogradContext context) => (BackwardFailure)context.get_data(Failure);
}
