using TorchSharp;
using static TorchSharp.torch;

namespace MedR1;

/// <summary>
/// What went wrong in a backward function of this library, want of memory above all. An exception may not leave it, for the
/// native code that called it would end the process: gradients become not a number, which a trainer leaves out, and the
/// forward pass behind it says why.
/// </summary>
/// <param name="what">What failed.</param>
/// <param name="advice">What helps.</param>
internal sealed class BackwardFailure(string what, string advice)
{
    private Exception? _first;

    /// <summary>That of a package's operators, which know of no model: the next pass of any model tells it.</summary>
    public static BackwardFailure OfOperators { get; } =
        new("The last backward pass failed", "Free memory, or make the batch smaller.");

    /// <summary>
    /// Computes gradients; those of a failure are not a number. What was saved for the backward pass belongs into the
    /// computation: libtorch refuses to give it if it has changed since.
    /// </summary>
    /// <param name="forms">The form of each input's gradient; null for an input without one.</param>
    /// <param name="compute">Computes one for each input, null where none is wanted.</param>
    /// <returns>The gradients, in no dispose scope.</returns>
    public Tensor?[] Guard(GradientForm?[] forms, Func<Tensor?[]> compute)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor?[] gradients;
        try
        {
            gradients = compute();
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _first, exception, null);
            gradients = [.. forms.Select(form => form?.NotNumbers())];
        }

        return [.. gradients.Select(gradient => gradient?.DetachFromDisposeScope())];
    }

    /// <summary>Says what went wrong since the last time; called where a pass begins.</summary>
    /// <exception cref="InvalidOperationException">A backward function failed.</exception>
    public void ThrowIfAny()
    {
        if (Volatile.Read(ref _first) is not null && Interlocked.Exchange(ref _first, null) is { } failure)
        {
            throw new InvalidOperationException(
                $"{what}, so that its gradients were not numbers: {failure.Message} {advice}", failure);
        }
    }
}
