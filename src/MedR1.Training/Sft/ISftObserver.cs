using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>Observes a supervised run: in addition to the callbacks of every trainer, its forward passes.</summary>
/// <remarks>
/// The trainer makes one call at a time. Tensors belong to the trainer and are valid only during the call.
/// </remarks>
public interface ISftObserver : ITrainingObserver
{
    /// <summary>Called after a forward pass.</summary>
    /// <param name="step">The optimizer step, from 1.</param>
    /// <param name="microStep">The pass within the step, from 0.</param>
    /// <param name="logProbabilities">
    /// <c>[B, T]</c> log-probabilities of the answers' tokens, or of the sequences' tokens from the second on; 0 at
    /// padding.
    /// </param>
    void OnMicroStep(long step, int microStep, Tensor logProbabilities)
    {
    }
}
