using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Keeps the gradients that a backward function returns alive until libtorch has taken its own references, which happens after
/// the function has returned. On the autograd thread of a device there is no dispose scope that would keep them alive, so that
/// the garbage collector could free them in between.
/// </summary>
internal static class GivenGradient
{
    [ThreadStatic]
    private static Tensor?[]? s_given;

    /// <summary>
    /// Computes gradients like <see cref="BackwardFailure.Guard"/>, and keeps them until the next call on this thread, by when
    /// libtorch has its own references.
    /// </summary>
    /// <param name="failure">Receives a failure.</param>
    /// <param name="forms">The form of each input's gradient; null for an input without gradient.</param>
    /// <param name="compute">Computes a gradient for each input; null for an input without gradient.</param>
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
