using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// What went wrong in a backward function of this library, want of memory above all. An exception may not leave it, for the
/// native code that called it would end the process: gradients become not a number, which a trainer leaves out, and the
/// forward pass behind it says why.
/// </summary>
internal static class BackwardFailure
{
    private static Exception? s_first;

    /// <summary>Computes gradients; those of a failure are not a number.</summary>
    /// <param name="compute">Computes one for each input, null where none is wanted.</param>
    /// <param name="inputs">Gives shape, type and device of each gradient; null for an input without one.</param>
    public static List<Tensor> Guard(Func<Tensor?[]> compute, Func<Tensor?[]> inputs)
    {
        try
        {
            return [.. compute().Select(gradient => gradient!)];
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref s_first, exception, null);
            return [.. GivenGradient.KeepAll([.. inputs().Select(NotNumbers)]).Select(gradient => gradient!)];
        }
    }

    /// <summary>Says what went wrong since the last time; called where a pass begins.</summary>
    /// <exception cref="InvalidOperationException">A backward function failed.</exception>
    public static void ThrowIfAny()
    {
        if (Volatile.Read(ref s_first) is not null && Interlocked.Exchange(ref s_first, null) is { } failure)
        {
            throw new InvalidOperationException(
                "The last backward pass failed, so that its gradients were not numbers: "
                + $"{failure.Message} Free memory, or make the batch smaller.", failure);
        }
    }

    // One number for all: there may be no memory.
    private static Tensor? NotNumbers(Tensor? input) => input is null
        ? null : empty(1, dtype: input.dtype, device: input.device).FillInPlace(double.NaN).expand(input.shape);
}
