namespace MedR1.Imaging;

/// <summary>
/// The weights of one axis in fixed point, computed as Pillow's <c>precompute_coeffs</c> and <c>normalize_coeffs_8bpc</c> do
/// (libImaging/Resample.c), in the same order of double operations.
/// </summary>
/// <remarks>
/// Each output pixel has <see cref="Stride"/> weights, a multiple of <see cref="Group"/>; weights past its window are zero, so that
/// vector code may read past the end.
/// </remarks>
internal sealed class ResampleWeights
{
    /// <summary>Fraction bits of a weight: 32 minus a byte's eight and two for sums above 1.</summary>
    public const int FractionBits = 32 - 8 - 2;

    /// <summary>The initial value of a sum, so that truncating the fraction rounds.</summary>
    public const int Half = 1 << (FractionBits - 1);

    /// <summary>The number of weights per output pixel is padded to a multiple of this.</summary>
    public const int Group = 4;

    private ResampleWeights(int[] weights, int[] starts, int[] counts, int stride)
    {
        Weights = weights;
        Starts = starts;
        Counts = counts;
        Stride = stride;
    }

    /// <summary>The weights, <c>[output, Stride]</c>.</summary>
    public int[] Weights { get; }

    /// <summary>The first input pixel of each output pixel's window.</summary>
    public int[] Starts { get; }

    /// <summary>The number of input pixels in each window.</summary>
    public int[] Counts { get; }

    /// <summary>Number of weights stored for each output pixel.</summary>
    public int Stride { get; }

    /// <summary>The weights of an output pixel, without the padding.</summary>
    public ReadOnlySpan<int> Of(int output) => Weights.AsSpan(output * Stride, Counts[output]);

    /// <summary>Computes the weights.</summary>
    /// <param name="inputSize">Pixels along the axis in the input.</param>
    /// <param name="outputSize">Pixels along the axis in the output.</param>
    /// <param name="filter">The filter.</param>
    public static ResampleWeights Compute(int inputSize, int outputSize, ResampleFilter filter)
    {
        double scale = (double)inputSize / outputSize;
        double filterScale = Math.Max(scale, 1);
        double support = FilterFunction.Support(filter) * filterScale;
        double inverse = 1 / filterScale;
        int stride = ((int)Math.Ceiling(support) * 2 + 1 + Group - 1) / Group * Group;
        int[] weights = new int[checked(outputSize * stride)];
        int[] starts = new int[outputSize];
        int[] counts = new int[outputSize];
        double[] window = new double[stride];
        for (int output = 0; output < outputSize; output++)
        {
            double center = (output + 0.5) * scale;
            int first = Math.Max((int)(center - support + 0.5), 0);
            int count = Math.Min((int)(center + support + 0.5), inputSize) - first;
            double sum = 0;
            for (int i = 0; i < count; i++)
            {
                window[i] = FilterFunction.Value(filter, (i + first - center + 0.5) * inverse);
                sum += window[i];
            }

            Quantise(window.AsSpan(0, count), sum, weights.AsSpan(output * stride, count));
            starts[output] = first;
            counts[output] = count;
        }

        return new ResampleWeights(weights, starts, counts, stride);
    }

    private static void Quantise(ReadOnlySpan<double> window, double sum, Span<int> weights)
    {
        for (int i = 0; i < window.Length; i++)
        {
            double weight = sum != 0 ? window[i] / sum : window[i];
            double scaled = weight * (1 << FractionBits);
            weights[i] = (int)(weight < 0 ? scaled - 0.5 : scaled + 0.5);
        }
    }
}
