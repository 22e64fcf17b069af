using System.Globalization;
using Spectre.Console;

namespace MedR1.Training.Terminal;

/// <summary>
/// Prints completions at an interval of rollouts: the question, the model's answer, each reward and the advantage; in PPO, where a
/// completion has none, the total of its rewards. Next to a <see cref="LiveConsole"/>, it appears above the panel.
/// </summary>
public sealed class CompletionTable : IRolloutObserver
{
    private readonly IAnsiConsole _console;
    private readonly int _interval;
    private readonly int _rows;

    /// <summary>Creates the table.</summary>
    /// <param name="interval">Rollouts between tables; the first is always printed.</param>
    /// <param name="rows">The maximum number of completions shown.</param>
    /// <param name="console">Where to print; <see langword="null"/> for the process's console.</param>
    public CompletionTable(int interval = 10, int rows = 8, IAnsiConsole? console = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interval);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        _interval = interval;
        _rows = rows;
        _console = console ?? AnsiConsole.Console;
    }

    /// <inheritdoc/>
    public void OnRollout(Rollout rollout)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        if (rollout.Index % _interval != 0)
        {
            return;
        }

        Table table = new Table { Title = new TableTitle($"rollout {rollout.Index}") }
            .AddColumn("question").AddColumn("completion");
        foreach (string name in rollout.RewardNames)
        {
            table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned());
        }

        CompletionRow[] rows = [.. CompletionRow.Of(rollout).Take(_rows)];
        bool hasAdvantages = rows.Any(row => row.Advantage is not null);
        table.AddColumn(new TableColumn(hasAdvantages ? "advantage" : "reward").RightAligned());
        foreach (CompletionRow row in rows)
        {
            // Text, not markup: a model's output may contain brackets.
            table.AddRow([
                new Text(row.Question), new Text(row.Completion.Text),
                .. row.Rewards.Select(reward => new Text(Number(reward.Value))),
                new Text(Number(hasAdvantages ? row.Advantage : row.Score.Total))]);
        }

        _console.Write(table);
    }

    private static string Number(double? value) => value?.ToString("0.###", CultureInfo.InvariantCulture) ?? "–";
}
