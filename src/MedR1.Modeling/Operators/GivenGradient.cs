using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Holds the gradient that a backward function of this library returns until libtorch has taken it over. That is after the
/// function has returned, and on a device's own thread there is no dispose scope that would keep it alive till then: the
/// garbage collector could free it in between.
/// </summary>
internal static class GivenGradient
{
    [ThreadStatic]
    private static Tensor?[]? s_given;

    /// <summary>
    /// Computes gradients as <see cref="BackwardFailure.Guard"/> does, and keeps them until the next ones are kept on this
    /// thread; by then libtorch has references of its own.
    /// </summary>
    /// <param name="failure">Takes what goes wrong.</param>
    /// <param name="forms">The form of each input's gradient; null for an input without one.</param>
    /// <param name="compute">Computes one for each input, null where none is wanted.</param>
    public static List<Tensor> GuardAndKeep(this BackwardFailure failure, GradientForm?[] forms, Func<Tensor?[]> compute)
    {
        Tensor?[] gradients = failure.Guard(forms, compute);
        foreach (Tensor? before in s_given ?? [])
        {
            before?.Dispose();
        }

        s_given = gradients;
        return [.. gradients.Select(gradient => gradient!)];
    }
}
