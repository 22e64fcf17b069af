using TorchSharp;

namespace MedR1.Modeling;

/// <summary>
/// Operators of libtorch for which TorchSharp has no method. They support autograd like TorchSharp's methods, work on every device,
/// and are thread-safe. Shapes: B batch, H query heads, K key-value heads, T queries, S keys, D head width.
/// </summary>
public static partial class FusedOperators
{
    /// <summary>
    /// Computes root-mean-square normalisation over the last dimension as in Qwen2-VL: in float32, cast to the data type of
    /// <paramref name="input"/>, and only then multiplied by the gain (Zhang and Sennrich 2019, equation 4).
    /// </summary>
    /// <param name="input">Values <c>[…, n]</c>.</param>
    /// <param name="gain">Gain <c>[n]</c>, or <see langword="null"/> for none.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <returns>The normalised values <c>[…, n]</c>.</returns>
    /// <exception cref="TorchOperatorException">The operator rejected its arguments.</exception>
    public static torch.Tensor RmsNorm(torch.Tensor input, torch.Tensor? gain, double epsilon)
    {
        if (gain is not null && CudaOperators.Normalise(input, gain, epsilon) is { } result)
        {
            return result;
        }

        // The gain is applied separately, because libtorch's CUDA kernel multiplies in float32 and casts once, which rounds
        // differently.
        using OperatorCall call = new("aten::rms_norm"u8, ""u8);
        call.Add(input);
        call.Add([input.size(-1)]);
        call.AddOptional((torch.Tensor?)null);
        call.AddOptional(epsilon);
        torch.Tensor normalised = call.Invoke();

        if (gain is null)
        {
            return normalised;
        }

        using (normalised)
        {
            return normalised.mul(gain);
        }
    }

    /// <summary>Views the same memory as a different element type.</summary>
    /// <param name="tensor">The tensor <c>[…, n]</c>.</param>
    /// <param name="type">The new type.</param>
    /// <returns>A view; its last dimension is n times the ratio of the element sizes.</returns>
    /// <exception cref="TorchOperatorException">The operator rejected its arguments.</exception>
    public static torch.Tensor ViewAsType(torch.Tensor tensor, torch.ScalarType type)
    {
        using OperatorCall call = new("aten::view"u8, "dtype"u8);
        call.Add(tensor);
        call.Add(type);
        return call.Invoke();
    }

    /// <summary>Multiplies many tensors in place by a scalar on their device, without waiting for the device.</summary>
    /// <param name="tensors">The tensors, of the same data type and device.</param>
    /// <param name="factor">The scalar, <c>[]</c>, on the same device.</param>
    /// <exception cref="TorchOperatorException">The operator rejected its arguments.</exception>
    public static void ScaleInPlace(IReadOnlyList<torch.Tensor> tensors, torch.Tensor factor)
    {
        if (tensors.Count == 0)
        {
            return;
        }

        using IDisposable noGradient = torch.no_grad();
        using OperatorCall call = new("aten::_foreach_mul_"u8, "Tensor"u8);
        call.Add(tensors);
        call.Add(factor);
        call.Run();
    }

    /// <summary>Performs one AdamW step (Loshchilov and Hutter 2019, algorithm 2) on all tensors at once, in place.</summary>
    /// <param name="parameters">The parameters to update, on one device.</param>
    /// <param name="gradients">The gradients, of the same shapes and data types.</param>
    /// <param name="firstMoments">The running means of the gradients.</param>
    /// <param name="secondMoments">The running means of the squared gradients.</param>
    /// <param name="step">The number of this step, from 1, for the bias correction.</param>
    /// <param name="coefficients">The learning rate and the other coefficients.</param>
    /// <param name="gradientScale">
    /// A float32 scalar <c>[]</c> by which the gradients are divided first, in place; <see langword="null"/> for none.
    /// </param>
    /// <exception cref="ArgumentException">The lists differ in length, or are empty.</exception>
    /// <exception cref="TorchOperatorException">The operator rejected its arguments.</exception>
    public static void AdamWStep(
        IReadOnlyList<torch.Tensor> parameters,
        IReadOnlyList<torch.Tensor> gradients,
        IReadOnlyList<torch.Tensor> firstMoments,
        IReadOnlyList<torch.Tensor> secondMoments,
        long step,
        AdamWCoefficients coefficients,
        torch.Tensor? gradientScale = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        int count = parameters.Count;
        if (count == 0 || gradients.Count != count || firstMoments.Count != count || secondMoments.Count != count)
        {
            throw new ArgumentException(
                $"A step needs non-empty lists of equal length, but there are {count} parameters, "
                + $"{gradients.Count} gradients, "
                + $"{firstMoments.Count} first and {secondMoments.Count} second moments.");
        }

        using IDisposable noGradient = torch.no_grad();
        using torch.Tensor stepNumber = torch.tensor((float)step, device: parameters[0].device);
        using OperatorCall call = new("aten::_fused_adamw_"u8, ""u8);
        call.Add(parameters);
        call.Add(gradients);
        call.Add(firstMoments);
        call.Add(secondMoments);
        call.Add((IReadOnlyList<torch.Tensor>)[]);
        call.Add((IReadOnlyList<torch.Tensor>)[.. Enumerable.Repeat(stepNumber, count)]);
        call.Add(coefficients.LearningRate);
        call.Add(coefficients.Beta1);
        call.Add(coefficients.Beta2);
        call.Add(coefficients.WeightDecay);
        call.Add(coefficients.Epsilon);
        call.Add(false);
        call.Add(false);
        call.AddOptional(gradientScale);
        call.AddOptional((torch.Tensor?)null);
        call.Run();
    }
}
