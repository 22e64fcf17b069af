namespace MedR1.Evaluation.Tests;

public sealed class TransferTests
{
    private static readonly TransferMatrix s_grpo = new("GRPO", "med-r1", ["CT", "MRI", "OCT"],
    [
        new TransferCell("CT", "CT", new Accuracy(9, 10)), new TransferCell("CT", "MRI", new Accuracy(5, 10)),
        new TransferCell("MRI", "MRI", new Accuracy(7, 10)), new TransferCell("MRI", "CT", new Accuracy(6, 10)),
        new TransferCell("MRI", "OCT", new Accuracy(1, 4)),
    ]);

    private static readonly TransferRow s_zeroShot = new("zero-shot", "med-r1", new Dictionary<string, Accuracy>
    {
        ["CT"] = new(4, 10), ["MRI"] = new(3, 10),
    });

    // Diagonal (0.9 + 0.7) / 2, off-diagonal (0.5 + 0.6 + 0.25) / 3, all (0.9 + 0.5 + 0.7 + 0.6 + 0.25) / 5.
    [Fact]
    public void Means_count_each_cell_once_and_exclude_missing_ones()
    {
        Assert.Equal(0.8, s_grpo.Means.Diagonal!.Value, 12);
        Assert.Equal(0.45, s_grpo.Means.OffDiagonal!.Value, 12);
        Assert.Equal(0.59, s_grpo.Means.All!.Value, 12);
        Assert.Null(s_grpo.Cell("OCT", "CT"));
        Assert.Equal(5, s_grpo.Cells.Count());
        Assert.Equal(
            new TransferMeans(null, null, null), new TransferMatrix("none", "r", ["CT"], []).Means);
        Assert.Null(new TransferRow("none", "r", new Dictionary<string, Accuracy>()).Mean);
    }

    // Gains: CT→CT 0.5, CT→MRI 0.2, MRI→MRI 0.4, MRI→CT 0.2; OCT has no zero-shot value.
    [Fact]
    public void Gains_are_computed_over_the_same_tests()
    {
        TransferMeans gains = s_grpo.Gains(s_zeroShot);
        Assert.Equal(0.45, gains.Diagonal!.Value, 12);
        Assert.Equal(0.2, gains.OffDiagonal!.Value, 12);
        Assert.Null(s_grpo.Gain("MRI", "OCT", s_zeroShot));
        Assert.Equal(0.35, s_zeroShot.Mean!.Value, 12);
    }

    [Fact]
    public void Comparison_shows_the_methods_next_to_blind_baselines()
    {
        TransferReport report = new()
        {
            Grouping = "modality",
            Domains = s_grpo.Domains,
            ZeroShot = s_zeroShot,
            Methods = [s_grpo],
            Blind = new TransferMatrix("blind option prior", BlindPrior.RuleName, s_grpo.Domains,
                [new TransferCell("CT", "CT", new Accuracy(10, 10)), new TransferCell("CT", "MRI", new Accuracy(2, 10))]),
            Others =
            [
                new TransferRow("larger", "med-r1", new Dictionary<string, Accuracy> { ["CT"] = new(8, 10) }),
                new TransferRow("blank", "med-r1", new Dictionary<string, Accuracy> { ["MRI"] = new(2, 10) }) { IsSameDomain = true },
            ],
            Chance = new Dictionary<string, double> { ["CT"] = 0.25, ["MRI"] = 0.5 },
            Questions = new Dictionary<string, (int, int)>(),
        };
        Assert.Equal(
            ["chance", "blind option prior", "zero-shot", "larger", "blank", "GRPO"], report.Comparison.Select(row => row.Name));
        Assert.Equal(0.375, report.Comparison[0].Means.All);
        Assert.Equal((1.0, 0.2), (report.Comparison[1].Means.Diagonal, report.Comparison[1].Means.OffDiagonal));
        Assert.Equal(0.4, report.Comparison[3].Gains!.All!.Value, 12);
        Assert.Equal(new TransferMeans(0.2, null, null), report.Comparison[4].Means);
        Assert.Equal(-0.1, report.Comparison[4].Gains!.Diagonal!.Value, 12);
        Assert.Null(report.Comparison[2].Gains);
    }

    // Real domains CT and MRI: GRPO has (0.9 + 0.7) / 2 on the diagonal and (0.5 + 0.6) / 2 off it, as in the first test without
    // OCT's 0.25; with it, 1.35 / 3 off the diagonal. Chance is (0.25 + 0.5) / 2 without OCT, 1.75 / 3 with it.
    [Fact]
    public void Synthetic_domains_are_in_the_matrices_but_not_in_the_means()
    {
        TransferReport report = new()
        {
            Grouping = "modality",
            Domains = s_grpo.Domains,
            SyntheticDomains = ["OCT"],
            ZeroShot = new TransferRow("zero-shot", "med-r1", new Dictionary<string, Accuracy>
            {
                ["CT"] = new(4, 10), ["MRI"] = new(3, 10), ["OCT"] = new(10, 10),
            }),
            Methods = [s_grpo],
            Blind = new TransferMatrix("blind", "r", s_grpo.Domains, [new TransferCell("OCT", "OCT", new Accuracy(10, 10))]),
            Others =
            [
                new TransferRow("blank", "med-r1", new Dictionary<string, Accuracy> { ["CT"] = new(2, 10), ["OCT"] = new(9, 10) })
                {
                    IsSameDomain = true,
                },
            ],
            Chance = new Dictionary<string, double> { ["CT"] = 0.25, ["MRI"] = 0.5, ["OCT"] = 1 },
            Questions = new Dictionary<string, (int, int)> { ["OCT"] = (8, 4), ["CT"] = (20, 10) },
        };
        Assert.Equal(5, report.Methods[0].Cells.Count());
        MethodScore[] real = [.. report.Comparison];
        Assert.Equal(0.375, real[0].Means.All);
        Assert.Equal(new TransferMeans(null, null, null), real[1].Means);
        Assert.Equal(0.35, real[2].Means.All!.Value, 12);
        Assert.Equal(0.2, real[3].Means.Diagonal!.Value, 12);
        Assert.Null(real[3].Means.OffDiagonal);
        Assert.Equal((0.8, 0.55), (Math.Round(real[4].Means.Diagonal!.Value, 12), Math.Round(real[4].Means.OffDiagonal!.Value, 12)));
        MethodScore[] all = [.. report.ComparisonWithSynthetic];
        Assert.Equal(real.Select(row => row.Name), all.Select(row => row.Name));
        Assert.Equal(1.75 / 3, all[0].Means.All!.Value, 12);
        Assert.Equal(0.55, all[3].Means.Diagonal!.Value, 12);
        Assert.Equal(0.45, all[4].Means.OffDiagonal!.Value, 12);

        TransferReport without = report.WithoutSynthetic();
        Assert.Equal(["CT", "MRI"], without.Domains);
        Assert.Equal(["CT"], without.Questions.Keys);
        Assert.Equal(4, without.Methods[0].Cells.Count());
        Assert.Empty(without.SyntheticDomains);
        Assert.Same(without, without.WithoutSynthetic());
    }

    [Fact]
    public void Refuses_cells_that_do_not_fit()
    {
        TransferCell cell = new("CT", "CT", new Accuracy(1, 1));
        Assert.Throws<ArgumentException>(() => new TransferMatrix("m", "r", ["CT", "CT"], []));
        Assert.Throws<ArgumentException>(() => new TransferMatrix("m", "r", ["CT"], [cell, cell]));
        Assert.Contains("none of MRI", Assert.Throws<ArgumentException>(
            () => new TransferMatrix("m", "r", ["MRI"], [cell])).Message);
        Assert.Throws<ArgumentException>(() => new TransferMatrix("m", "r", ["MRI"], [cell with { Train = "MRI" }]));
        Assert.Throws<ArgumentException>(() => new TransferMatrix("m", "r", ["MRI"], [cell with { Test = "MRI" }]));
    }

    [Fact]
    public void What_is_left_of_a_matrix_keeps_its_origin()
    {
        TransferMatrix matrix = new("m", "r", ["CT", "MRI"], s_grpo.Cells.Where(cell => cell.Test != "OCT"))
        {
            Origin = Examples.Origin,
        };
        Assert.Equal(Examples.Origin, matrix.Among(["CT"]).Origin);
    }
}
