namespace MedR1.Datasets;

internal sealed class DiscsPainter : PhantomPainter
{
    private static readonly string[] s_counts = ["1 disc", "2 discs", "3 discs", "4 discs"];
    private static readonly string[] s_tones = ["Brighter than the ground", "Darker than the ground"];
    private static readonly string[] s_sizes = ["Small discs", "Large discs"];

    public override PhantomFamily Family => PhantomFamily.Discs;

    public override string Kind => "Discs";

    public override IEnumerable<PhantomFact> Paint(PhantomCanvas canvas, DeterministicRandom random)
    {
        int count = random.Below(s_counts.Length);
        int tone = random.Below(2);
        int size = random.Below(2);
        canvas.Fill(PhantomColor.Gray(random.Between(110, 140)));

        // Nine positions on a 3 x 3 board, so that discs never touch.
        int[] places = [.. Enumerable.Range(0, 9)];
        random.Shuffle(places.AsSpan());
        int radius = size == 0 ? random.Between(60, 75) : random.Between(120, 135);
        foreach (int place in places.AsSpan(0, count + 1))
        {
            int x = 190 + place % 3 * 310 + random.Between(-15, 15);
            int y = 190 + place / 3 * 310 + random.Between(-15, 15);
            canvas.Disc(PhantomColor.Gray(tone == 0 ? 230 : 25), x, y, radius);
        }

        return
        [
            Fact("phantom_disc_count", QuestionType.OtherBiologicalAttributes, s_counts, count,
                "How many discs are there?", "Count the discs in this picture."),
            Fact("phantom_disc_tone", QuestionType.OtherBiologicalAttributes, s_tones, tone,
                "Are the discs brighter or darker than the ground?", "Which tone do the discs have?"),
            Fact("phantom_disc_size", QuestionType.LesionGrading, s_sizes, size,
                "How large are the discs?", "Are the discs small or large?"),
        ];
    }
}
