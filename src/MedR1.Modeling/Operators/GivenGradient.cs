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

    /// <summary>Keeps a gradient until the next one is kept on this thread; by then libtorch has a reference of its own.</summary>
    public static Tensor Keep(Tensor gradient) => KeepAll(gradient)[0]!;

    /// <summary>Keeps the gradients of several inputs in the same way; null for one without.</summary>
    public static Tensor?[] KeepAll(params Tensor?[] gradients)
    {
        foreach (Tensor? before in s_given ?? [])
        {
            before?.Dispose();
        }

        foreach (Tensor? gradient in gradients)
        {
            gradient?.DetachFromDisposeScope();
        }

        return s_given = gradients;
    }
}
