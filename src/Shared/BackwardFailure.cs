using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1;

/// <summary>
/// Records a failure in a backward function of this library, most often lack of memory. An exception must not escape from a
/// backward function, because the native caller would end the process. Instead, gradients become NaN, which makes a trainer skip
/// the step, and the next forward pass reports the cause.
/// </summary>
/// <param name="what">The description of the failed operation.</param>
/// <param name="advice">The suggested fix.</param>
internal sealed class BackwardFailure(string what, string advice)
{
    private static readonly ConditionalWeakTable<SynchronizationContext, BackwardFailure> s_ofRuns = [];
    private static readonly BackwardFailure s_ofOthers = OfSome();

    [ThreadStatic]
    private static BackwardFailure? s_entered;

    private Exception? _first;

    /// <summary>
    /// The instance for a package's operators in the current run. Operators have no reference to a model, but each training run has
    /// a thread with its own synchronization context, so its next pass reports failures of its own graph only. Passes without a
    /// context share one instance. A forward function must read this property and save the instance for its backward function,
    /// which may run on an autograd thread.
    /// </summary>
    public static BackwardFailure OfOperators => s_entered
        ?? (SynchronizationContext.Current is { } run ? s_ofRuns.GetValue(run, _ => OfSome()) : s_ofOthers);

    // An instance for operators, which have no reference to a model.
    private static BackwardFailure OfSome() =>
        new("The last backward pass failed", "Free memory, or make the batch smaller.");

    /// <summary>
    /// Computes gradients, or returns NaN gradients if that fails. Saved tensors must be retrieved inside
    /// <paramref name="compute"/>, because libtorch throws if they were modified after saving.
    /// </summary>
    /// <param name="forms">The form of each input's gradient; null for an input without one.</param>
    /// <param name="compute">Computes one gradient for each input, null if none is needed.</param>
    /// <returns>The gradients, detached from dispose scopes.</returns>
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
    /// Makes this the instance for operators on this thread until the result is disposed: a forward pass that a backward function
    /// recomputes belongs to the original pass.
    /// </summary>
    public Entry Enter() => new(this);

    /// <summary>Throws if a backward function has failed since the last call; called at the start of a pass.</summary>
    /// <exception cref="InvalidOperationException">A backward function failed.</exception>
    public void ThrowIfAny()
    {
        if (Volatile.Read(ref _first) is not null && Interlocked.Exchange(ref _first, null) is { } failure)
        {
            throw new InvalidOperationException(
                $"{what}, so its gradients are NaN: {failure.Message} {advice}", failure);
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
