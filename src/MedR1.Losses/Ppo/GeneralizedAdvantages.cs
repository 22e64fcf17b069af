using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// Generalized advantage estimation (Schulman et al., arXiv 1506.02438, equation 16; PPO, arXiv 1707.06347, equations 11 and 12):
/// δ_t = r_t + γ·V_{t+1} − V_t and A_t = δ_t + γλ·A_{t+1}, where t + 1 is the next active token. Masked tokens (padding, text from
/// an environment) are skipped.
/// </summary>
public static class GeneralizedAdvantages
{
    /// <summary>Computes advantages and returns.</summary>
    /// <param name="rewards"><c>[B, T]</c> the reward of each token.</param>
    /// <param name="values"><c>[B, T]</c> the value before each token, as the value head predicted it during sampling.</param>
    /// <param name="mask"><c>[B, T]</c> nonzero where a token takes part.</param>
    /// <param name="discount">γ, 0 to 1.</param>
    /// <param name="lambda">λ, 0 to 1: 0 relies on the values, 1 on the rewards.</param>
    /// <param name="finalValues">
    /// <c>[B]</c> the value after the last token, for truncated completions; null for 0, the value after the end of a completion.
    /// </param>
    /// <exception cref="ArgumentException">The shapes don't match.</exception>
    /// <exception cref="ArgumentOutOfRangeException">γ or λ is not between 0 and 1.</exception>
    public static GeneralizedAdvantageResult Compute(
        Tensor rewards, Tensor values, Tensor mask, double discount, double lambda, Tensor? finalValues = null)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(mask);
        Guard.Matrix(values, nameof(values));
        Guard.FloatingPoint(values, nameof(values));
        Guard.SameShape(rewards, values, nameof(rewards), nameof(values));
        Guard.SameShape(mask, values, nameof(mask), nameof(values));
        Guard.Fraction(discount, nameof(discount));
        Guard.Fraction(lambda, nameof(lambda));
        if (finalValues is not null)
        {
            Guard.Rows(finalValues, values, nameof(finalValues), nameof(values));
        }

        using DisposeScope scope = NewDisposeScope();
        (int rows, int columns) = ((int)values.shape[0], (int)values.shape[1]);
        double[] reward = Doubles(rewards);
        double[] value = Doubles(values);
        double[] active = Doubles(mask.to(ScalarType.Bool));
        double[] next = finalValues is null ? new double[rows] : Doubles(finalValues);
        double[] advantages = new double[value.Length];
        double[] returns = new double[value.Length];
        for (int row = 0; row < rows; row++)
        {
            double following = 0;
            for (int i = (row + 1) * columns - 1; i >= row * columns; i--)
            {
                if (active[i] == 0)
                {
                    continue;
                }

                following = reward[i] + discount * next[row] - value[i] + discount * lambda * following;
                advantages[i] = following;
                returns[i] = following + value[i];
                next[row] = value[i];
            }
        }

        ScalarType type = Guard.WideType(values);
        Tensor Matrix(double[] numbers) =>
            tensor(numbers).reshape(rows, columns).to(type).to(values.device).MoveToOuterDisposeScope();
        return new GeneralizedAdvantageResult(Matrix(advantages), Matrix(returns));
    }

    private static double[] Doubles(Tensor numbers) =>
        numbers.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
}
