using System.Runtime.CompilerServices;
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
    private static readonly ConditionalWeakTable<SynchronizationContext, BackwardFailure> s_ofRuns = [];
    private static readonly BackwardFailure s_ofOthers = OfSome();

    [ThreadStatic]
    private static BackwardFailure? s_entered;

    private Exception? _first;

    /// <summary>
    /// That of a package's operators in what goes on here. They know of no model, but a training has a thread with a context of
    /// its own: its next pass tells what went wrong in its graph, and no other's. Passes without a context share one. A forward
    /// function asks for it and saves it; a backward function may be on a thread of the device.
    /// </summary>
    public static BackwardFailure OfOperators => s_entered
        ?? (SynchronizationContext.Current is { } run ? s_ofRuns.GetValue(run, _ => OfSome()) : s_ofOthers);

    // Of operators, which know of no model.
    private static BackwardFailure OfSome() =>
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

    /// <summary>
    /// Makes this that of the operators on this thread until the result is disposed: where a backward function computes forward
    /// again, that belongs to the pass that it is of.
    /// </summary>
    public Entry Enter() => new(this);

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

    internal readonly struct Entry : IDisposable
    {
        private readonly BackwardFailure? _before;

        public Entry(BackwardFailure failure)
        {
            _before = s_entered;
            s_entered = failure;
        }

        public void Dispose() => s_entered = _before;
    }
}
