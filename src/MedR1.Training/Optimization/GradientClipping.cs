using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>Limits the joint norm of all parameters' gradients.</summary>
public static class GradientClipping
{
    // As in torch.nn.utils.clip_grad_norm_: keeps the division finite if the norm is 0.
    private const double Epsilon = 1e-6;

    // Too few elements for libtorch to split among threads.
    private const long BlockSize = 1 << 14;

    /// <summary>
    /// Scales all gradients by min(1, maxNorm / (norm + 1e-6)), where norm is the 2-norm of all of them as one vector: equal to
    /// <c>torch.nn.utils.clip_grad_norm_</c>. Gradients that contain NaN or infinity are left unchanged: check the result and skip the
    /// step.
    /// </summary>
    /// <param name="parameters">The parameters; those without a gradient are ignored.</param>
    /// <param name="maxNorm">The maximum norm; with positive infinity, the norm is only measured.</param>
    /// <returns>The norm before clipping; not finite if a gradient is not, 0 if there is no gradient.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not above 0.</exception>
    public static double ClipNorm(IEnumerable<Parameter> parameters, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(maxNorm > 0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(maxNorm), maxNorm, "Expected a norm above 0; use double.PositiveInfinity to measure only.");
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        List<Tensor> gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        if (gradients.Count == 0)
        {
            return 0;
        }

        Device device = gradients[0].device;
        Tensor norms = stack(gradients.Select(gradient => Norm(gradient).to(device)));
        double norm = norms.norm().to(ScalarType.Float64).item<double>();
        double factor = maxNorm / (norm + Epsilon);
        if (double.IsFinite(norm) && factor < 1)
        {
            foreach (IGrouping<(ScalarType, string), Tensor> alike in gradients.GroupBy(
                gradient => (gradient.dtype, gradient.device.ToString())))
            {
                Tensor[] list = [.. alike];
                FusedOperators.ScaleInPlace(list, tensor(factor, ScalarType.Float64, list[0].device));
            }
        }

        return norm;
    }

    // The norms are summed in float64: it costs nothing, and they may differ by orders of magnitude.
    private static Tensor Norm(Tensor gradient)
    {
        Tensor numbers = gradient.dtype == ScalarType.Float64 ? gradient : gradient.to(ScalarType.Float32);
        long blocks = numbers.numel() / BlockSize;
        if (blocks < 2 || numbers.device_type != DeviceType.CPU)
        {
            return numbers.norm().to(ScalarType.Float64);
        }

        // libtorch sums a long vector in one part per thread, so that the last bits of its norm would depend on the number of threads.
        Tensor flat = numbers.reshape(-1);
        Tensor whole = flat.narrow(0, 0, blocks * BlockSize).view(blocks, BlockSize).norm(1).to(ScalarType.Float64);
        Tensor rest = flat.narrow(0, blocks * BlockSize, flat.numel() - (blocks * BlockSize)).norm().to(ScalarType.Float64);
        return Norm(cat([whole, rest.view(1)]));
    }
}
