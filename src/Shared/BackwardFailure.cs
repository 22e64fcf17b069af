using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1;

/// <summary>
/// What went wrong in a backward function of this library, most often lack of memory. An exception must not leave it, because the
/// native code that called it would end the process: instead gradients become NaN, which a trainer skips, and the next forward
/// pass reports the cause.
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
    /// The instance for a package's operators in the current run. Operators know of no model, but each training has a thread with
    /// its own context: its next pass reports what went wrong in its graph, and in no other. Passes without a context share one
    /// instance. A forward function asks for it and saves it, since a backward function may run on a thread of the device.
    /// </summary>
    public static BackwardFailure OfOperators => s_entered
        ?? (SynchronizationContext.Current is { } run ? s_ofRuns.GetValue(run, _ => OfSome()) : s_ofOthers);

    // For operators, which know of no model.
    private static BackwardFailure OfSome() =>
        new("The last backward pass failed", "Free memory, or make the batch smaller.");

    /// <summary>
    /// Computes gradients; if that fails they are NaN. Retrieve what was saved for the backward pass inside the computation:
    /// libtorch refuses to return it if it has changed since.
    /// </summary>
    /// <param name="forms">The form of each input's gradient; null for an input without one.</param>
    /// <param name="compute">Computes one for each input, null if none is wanted.</param>
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
    /// Makes this the instance for operators on this thread until the result is disposed: a forward pass recomputed by a backward
    /// function belongs to the pass it is part of.
    /// </summary>
    public Entry Enter() => new(this);

    /// <summary>Throws if something has gone wrong since the last call; called when a pass begins.</summary>
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
